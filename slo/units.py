"""Durations and exact decimals, as Prometheus writes them."""

import re
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

_SECONDS = {
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "m": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86400),
    "w": Decimal(604800),
}
_DURATION = re.compile(r"([1-9][0-9]{0,17})(ms|s|m|h|d|w)")


def seconds(text: str) -> Decimal:
    """Seconds in a duration of one unit, such as ``200ms``, ``5m`` or ``30d``.

    Raises ``ValueError`` for anything else.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"expected a duration such as 200ms, 5m or 30d, got {text[:40]!r}")
    return int(match[1]) * _SECONDS[match[2]]


@cache
def duration(value: timedelta) -> str:
    """The shortest Prometheus text of a duration in whole milliseconds: ``200ms``, ``5m``, ``30d``."""
    whole = value // timedelta(milliseconds=1)
    unit = next(u for u in ("d", "h", "m", "s", "ms") if whole % int(_SECONDS[u] * 1000) == 0)
    return f"{whole // int(_SECONDS[unit] * 1000)}{unit}"


def number(value: Decimal) -> str:
    """A decimal without exponent, noise or trailing zeros: ``0.001``, never ``1E-3``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _parse(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return timedelta(seconds=float(seconds(value)))
    except OverflowError as error:
        raise ValueError(f"expected a shorter duration, got {value[:20]!r}") from error


Duration = Annotated[timedelta, BeforeValidator(_parse), PlainSerializer(duration, when_used="json")]
