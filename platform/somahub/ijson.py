"""Text and JSON that every reader takes for the same, as I-JSON (RFC 7493) asks, within bounds.

A number beyond 2^53, NaN, a lone surrogate or a NUL means one thing here and another to a database or a policy.
"""

import json
import math
from typing import Annotated

from pydantic import AfterValidator, JsonValue

DEEPEST = 32  # levels
LARGEST = 65_536  # bytes of UTF-8
_SAFE = 2**53 - 1  # RFC 7493 section 2.2


def canonical(value: JsonValue) -> str:
    """The one text of a value: sorted keys, no spaces, nothing escaped that need not be."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("expected text on one line, without control characters")
    return text


def _text(text: str) -> str:
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("expected text without NUL and lone surrogates")
    return text


def _value(value: JsonValue, depth: int = 0) -> JsonValue:
    if depth > DEEPEST:
        raise ValueError(f"expected at most {DEEPEST} levels")
    match value:
        case str():
            _text(value)
        case dict():
            for key, inner in value.items():
                _text(key)
                _value(inner, depth + 1)
        case list():
            for inner in value:
                _value(inner, depth + 1)
        case int() if abs(value) > _SAFE:
            raise ValueError("expected whole numbers below 2^53")
        case float() if not math.isfinite(value):
            raise ValueError("expected finite numbers")
        case _:
            pass
    return value


def _document(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    _value(value)
    return value


def _object(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    _value(value)
    if len(canonical(value).encode()) > LARGEST:
        raise ValueError(f"expected at most {LARGEST} bytes")
    return value


Line = Annotated[str, AfterValidator(_line)]
Text = Annotated[str, AfterValidator(_text)]
# An object of any size, and one of at most ``LARGEST`` bytes.
Document = Annotated[dict[str, JsonValue], AfterValidator(_document)]
Object = Annotated[dict[str, JsonValue], AfterValidator(_object)]
