"""What each service emits, summed up: names, kinds, keys and counts, within limits."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from pydantic import JsonValue

from somahub.otlp.decode import kind_of, level_of, value
from somahub.otlp.models import EventSummary, ServiceSummary, SpanSummary, Summary

_K = TypeVar("_K")
_V = TypeVar("_V")
UNNAMED = "unknown_service"


class Most(NamedTuple):
    """How many of each are told apart, and how many characters of a text are kept."""

    services: int = 64
    names: int = 256
    keys: int = 64
    variants: int = 8
    text: int = 200


class _Spans:
    def __init__(self) -> None:
        self.count = 0
        self.attributes: dict[str, None] = {}


class _Events:
    def __init__(self) -> None:
        self.count = 0
        self.field_sets: dict[tuple[str, ...], None] = {}
        self.levels: dict[str, None] = {}


class OfService:
    """What one service sent."""

    def __init__(self, tally: "Tally") -> None:
        self._tally = tally
        self.resource: dict[str, JsonValue] = {}
        self.metrics = 0
        self.last_seen = 0.0
        self._spans: dict[tuple[str, str, str], _Spans] = {}
        self._events: dict[str, _Events] = {}

    def span(self, scope: str, span: Span) -> None:
        """Count a span."""
        tally = self._tally
        key = (tally.short(span.name), kind_of(span), tally.short(scope))
        if one := tally.entry(self._spans, key, _Spans, tally.most.names):
            one.count += 1
            for name in tally.keys(span.attributes):
                tally.note(one.attributes, name, tally.most.keys)

    def event(self, record: LogRecord) -> None:
        """Count a log record."""
        tally = self._tally
        if one := tally.entry(self._events, tally.short(record.event_name), _Events, tally.most.names):
            one.count += 1
            tally.note(one.levels, tally.short(level_of(record)), tally.most.variants)
            tally.note(one.field_sets, tuple(sorted(tally.keys(record.attributes))), tally.most.variants)

    def said(self, name: str) -> ServiceSummary:
        """The summary."""
        spans = [
            SpanSummary(name=span, kind=kind, scope=scope, attributes=sorted(one.attributes), count=one.count)
            for (span, kind, scope), one in sorted(self._spans.items())
        ]
        events = [
            EventSummary(
                name=event,
                field_sets=sorted(map(list, one.field_sets)),
                levels=[*one.levels],
                count=one.count,
            )
            for event, one in sorted(self._events.items())
        ]
        return ServiceSummary(
            service=name,
            resource=self.resource,
            spans=spans,
            events=events,
            metrics=self.metrics,
            last_seen=self.last_seen,
        )


class Tally:
    """All services by name; what is beyond the limits is counted, and no more."""

    def __init__(self, most: Most) -> None:
        self.most = most
        self.left_out = 0
        self._services: dict[str, OfService] = {}

    def service(self, resource: Resource, now: float) -> tuple[str, OfService | None]:
        """The name of who sends, and what to count it with, unless there are too many services."""
        attributes = resource.attributes[: self.most.keys]
        names = [one.value.string_value for one in attributes if one.key == "service.name"]
        name = self.short(names[0]) if names and names[0] else UNNAMED
        service = self.entry(self._services, name, lambda: OfService(self), self.most.services)
        if service:
            service.resource = {self.short(one.key): self._scalar(value(one.value)) for one in attributes}
            service.last_seen = now
        return name, service

    def said(self) -> Summary:
        """The summary."""
        services = [one.said(name) for name, one in sorted(self._services.items())]
        return Summary(services=services, left_out=self.left_out)

    def short(self, text: str) -> str:
        """As much of a text as is kept."""
        return text[: self.most.text]

    def keys(self, attributes: Iterable[KeyValue]) -> list[str]:
        """Keys of attributes."""
        return [self.short(one.key) for one in [*attributes][: self.most.keys]]

    def note(self, known: dict[_K, None], one: _K, most: int) -> None:
        """Keep one in a set."""
        self.entry(known, one, lambda: None, most)

    def entry(self, known: dict[_K, _V], key: _K, make: Callable[[], _V], most: int) -> _V | None:
        """What is known by a key, made where it is not and there is room."""
        if key not in known:
            if len(known) >= most:
                self.left_out += 1
                return None
            known[key] = make()
        return known[key]

    def _scalar(self, one: JsonValue) -> JsonValue:
        return one if isinstance(one, bool | int | float | None) else self.short(str(one))
