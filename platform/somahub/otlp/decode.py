"""OTLP messages as values that JSON can say.

https://opentelemetry.io/docs/specs/otlp/#otlphttp-request
"""

import math
import zlib
from collections.abc import Iterable
from typing import TypeVar

from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from pydantic import JsonValue

from somahub.otlp.models import LogLine, TraceSpan

_M = TypeVar("_M", bound=Message)
_GZIP = zlib.MAX_WBITS | 16
_NANO = 1e9


class RefusedError(ValueError):
    """A body that can't be taken in; ``status`` is what HTTP calls it."""

    status = 400


class MalformedError(RefusedError):
    """A body that is not what it says it is."""


class TooLargeError(RefusedError):
    """A body that is too large, packed or not."""

    status = 413


class UnsupportedError(RefusedError):
    """A body in another form than protobuf."""

    status = 415


def unpacked(body: bytes, encoding: str, most: int) -> bytes:
    """The body without its compression, at most so many bytes."""
    if encoding in {"", "identity"}:
        return body
    if encoding != "gzip":
        raise MalformedError(f"content-encoding {encoding}: expected gzip or none")
    unpacking = zlib.decompressobj(_GZIP)
    try:
        found = unpacking.decompress(body, most)
    except zlib.error as error:
        raise MalformedError(f"not gzip: {error}") from error
    if unpacking.unconsumed_tail:
        raise TooLargeError(f"Larger than {most} bytes when unpacked.")
    if not unpacking.eof:
        raise MalformedError("not gzip: it ends early")
    return found


def message(kind: type[_M], body: bytes) -> _M:
    """The message that a body is."""
    try:
        return kind.FromString(body)
    except DecodeError as error:
        raise MalformedError(f"not a {kind.DESCRIPTOR.name}: {error}") from error


def kind_of(span: Span) -> str:
    """The kind of a span in a word: ``server``."""
    return _word(Span.SpanKind, span.kind, "SPAN_KIND_")


def level_of(record: LogRecord) -> str:
    """The level of a record as log lines write it: ``info``, ``warning``, ``error``."""
    text = record.severity_text.lower()
    return "warning" if text == "warn" else text


def span_of(service: str, scope: str, span: Span) -> TraceSpan:
    """A span as it is answered."""
    return TraceSpan(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        service=service,
        name=span.name,
        kind=kind_of(span),
        scope=scope,
        status=_word(Status.StatusCode, span.status.code, "STATUS_CODE_"),
        start=span.start_time_unix_nano / _NANO,
        duration=(span.end_time_unix_nano - span.start_time_unix_nano) / _NANO,
        attributes=values(span.attributes),
    )


def line_of(service: str, record: LogRecord) -> LogLine:
    """A log record as it is answered."""
    return LogLine(
        trace_id=record.trace_id.hex(),
        span_id=record.span_id.hex(),
        service=service,
        event=record.event_name,
        level=level_of(record),
        body=value(record.body),
        time=(record.time_unix_nano or record.observed_time_unix_nano) / _NANO,
        fields=values(record.attributes),
    )


def values(attributes: Iterable[KeyValue]) -> dict[str, JsonValue]:
    """Attributes by their keys."""
    return {one.key: value(one.value) for one in attributes}


def value(one: AnyValue) -> JsonValue:
    """One value; bytes in hexadecimal, and numbers that JSON lacks as text."""
    which = one.WhichOneof("value")
    match which:
        case "array_value":
            return [value(each) for each in one.array_value.values]
        case "kvlist_value":
            return values(one.kvlist_value.values)
        case "bytes_value":
            return one.bytes_value.hex()
        case None:
            return None
    plain: str | float | bool = getattr(one, which)
    return str(plain) if isinstance(plain, float) and not math.isfinite(plain) else plain


def _word(names: object, number: int, prefix: str) -> str:
    try:
        name: str = names.Name(number)  # type: ignore[attr-defined]
    except ValueError:
        return str(number)
    return name.removeprefix(prefix).lower()
