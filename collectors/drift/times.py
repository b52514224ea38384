"""Times as servers write them: ``1m30s`` as well as ``90s``."""

import re
from decimal import Decimal

_UNITS = {"ms": "0.001", "s": "1", "m": "60", "h": "3600", "d": "86400", "w": "604800", "y": "31536000"}
_WHOLE = re.compile(r"(\d+(ms|[smhdwy]))+")
_PART = re.compile(r"(\d+)(ms|[smhdwy])")


def is_time(text: str) -> bool:
    """Whether a text is a duration, such as ``1m30s`` or ``0s``."""
    return _WHOLE.fullmatch(text) is not None


def in_seconds(text: str) -> Decimal:
    """A duration in seconds; of a text that is none, ``ValueError``."""
    if not is_time(text):
        raise ValueError(f"expected a duration, got {text[:40]!r}")
    return sum((int(count) * Decimal(_UNITS[unit]) for count, unit in _PART.findall(text)), Decimal(0))
