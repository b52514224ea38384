"""Periods of a calendar by their names: 2026-10, 2026-Q3, 2026-W40, and any two dates."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from slo.accounts import Period as Span
from slo.errors import SLOError
from slo.slots import SLOT
from slo.window import Calendar
from somahub.reviews.model import Period

Unit = Literal["month", "quarter", "week"]

_FORMS = {
    "month": (re.compile(r"(\d{4})-(\d{2})"), "2026-10"),
    "quarter": (re.compile(r"(\d{4})-Q([1-4])"), "2026-Q3"),
    "week": (re.compile(r"(\d{4})-W(\d{2})"), "2026-W40"),
}


def named(unit: Unit, name: str, zone: str, now: datetime) -> Period:
    """The month, quarter or week (ISO 8601) of a name, as far as it is told at ``now``."""
    pattern, example = _FORMS[unit]
    found = pattern.fullmatch(name)
    refused = SLOError(f"--{unit}: expected a {unit} such as {example}, got {name!r}")
    if found is None:
        raise refused
    year, number = map(int, found.groups())
    try:
        first = date.fromisocalendar(year, number, 1) if unit == "week" else _month(unit, year, number)
    except ValueError as error:
        raise refused from error
    return around(unit, datetime.combine(first, time(), ZoneInfo(zone)), zone, now)


def around(unit: Unit, moment: datetime, zone: str, now: datetime) -> Period:
    """The month, quarter or week that a moment lies in."""
    start, end = Calendar(unit=unit, zone=zone).at(moment)
    first = start.astimezone(ZoneInfo(zone)).date()
    year, week, _ = first.isocalendar()
    name = {
        "month": f"{first:%Y-%m}",
        "quarter": f"{first.year}-Q{(first.month + 2) // 3}",
        "week": f"{year}-W{week:02}",
    }[unit]
    return _told(unit, name, zone, (start, end), now)


def between(start: date, end: date, zone: str, now: datetime) -> Period:
    """Days from ``start`` up to, and without, ``end``."""
    if start >= end:
        raise SLOError(f"--to: expected a day after {start}, got {end}")
    first, last = (datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) for day in (start, end))
    return _told("days", f"{start} to {end}", zone, (first, last), now)


def months(period: Period, count: int) -> list[Period]:
    """As many months up to the one that a period ends in, rising, all as they are told at the period's ``at``."""
    found: list[Period] = []
    moment = period.end - timedelta(seconds=1)
    while len(found) < count:
        month = around("month", moment, period.zone, period.at)
        found.insert(0, month)
        moment = month.start - timedelta(days=1)
    return found


def seconds(period: Period) -> Span:
    """In seconds since the epoch."""
    return Span(*(int(at.timestamp()) for at in (period.start, period.end, period.at)))


def midnights(period: Period) -> list[datetime]:
    """Where days begin in the period's zone, and its end: the clocks' changes make some of 23 or 25 hours."""
    zone = ZoneInfo(period.zone)
    first, last = (at.astimezone(zone).date() for at in (period.start, period.end))
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    return [datetime.combine(day, time(), zone).astimezone(UTC) for day in days]


def _month(unit: Unit, year: int, number: int) -> date:
    return date(year, number if unit == "month" else number * 3 - 2, 1)


def _told(
    kind: Literal["month", "quarter", "week", "days"],
    name: str,
    zone: str,
    span: tuple[datetime, datetime],
    now: datetime,
) -> Period:
    start, end = span
    # What is told ends with a slot.
    at = min(end, datetime.fromtimestamp(int(now.timestamp()) // SLOT * SLOT, UTC))
    return Period(kind=kind, name=name, zone=zone, start=start, end=end, at=at, running=at < end)
