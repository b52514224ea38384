"""Figures and times as a person says them, and text of others made safe to show."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

_UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))


def length(value: timedelta) -> str:
    """A duration in its two largest units: ``3 d 4 h``, ``35 min``, ``20 s``."""
    parts: list[str] = []
    for unit, name in _UNITS:
        whole, value = divmod(value, unit)
        if whole:
            parts.append(f"{whole} {name}")
        if len(parts) == 2 or (parts and not whole):  # noqa: PLR2004 - two units
            break
    return " ".join(parts[:2]) or f"{value.seconds} s"


def percent(ratio: float) -> str:
    """A ratio in percent, with three digits that count: ``15 %``, ``0.0521 %``."""
    return f"{figure(ratio * 100)} %"


def figure(value: float, digits: int = 3) -> str:
    """Without exponent, in the digits that count: ``14.4``, ``1500``."""
    return f"{Decimal(f'{value:.{digits}g}'):f}"


def moment(at: datetime, zone: str) -> str:
    """Date and time in a zone: ``2026-11-25 10:03 CET``."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"


def clock(at: datetime, zone: str) -> str:
    """Time of day in a zone: ``10:03 CET``."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M %Z}"


def plain(text: str, most: int = 500) -> str:
    """One line without control characters, cut at ``most``: no text of an alert steers a terminal or a mail's head."""
    line = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def web(url: str) -> str:
    """A URL that a browser may open; empty for any other, such as a script."""
    fine = url.startswith(("http://", "https://")) and url.isprintable() and " " not in url
    return url if fine else ""
