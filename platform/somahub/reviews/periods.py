"""Periods of a calendar by their names: 2026-10, 2026-Q3, 2026-W40, and any two dates."""

import re
from collections import Counter as Tally
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from slo.accounts import Period as Span
from slo.errors import SLOError
from slo.model import Platform
from slo.slots import SLOT
from slo.window import Calendar
from somahub.reviews.model import Period

Unit = Literal["month", "quarter", "week"]


class _Form(NamedTuple):
    pattern: re.Pattern[str]
    example: str


_FORMS: dict[Unit, _Form] = {
    "month": _Form(re.compile(r"(\d{4})-(\d{2})"), "2026-10"),
    "quarter": _Form(re.compile(r"(\d{4})-Q([1-4])"), "2026-Q3"),
    "week": _Form(re.compile(r"(\d{4})-W(\d{2})"), "2026-W40"),
}


def asked(  # noqa: PLR0913, PLR0917 - one argument per option
    month: str, quarter: str, week: str, since: str, until: str, zone: str, now: datetime
) -> Period | None:
    """The period that options ask for; None where they ask for none."""
    given = {
        f"--{unit}": name for unit, name in (("month", month), ("quarter", quarter), ("week", week)) if name
    }
    if since or until:
        given["--from"] = since
    if len(given) > 1:
        raise SLOError(f"expected one of {', '.join(given)}")
    for option, name in given.items():
        if option == "--from":
            return between(_day("--from", since), _day("--to", until), zone, now)
        return named(name, zone, now, option)
    return None


def checked(zone: str) -> str:
    """A zone's name."""
    try:
        return Calendar(unit="month", zone=zone).zone
    except ValidationError as error:
        raise SLOError(f"--zone: expected an IANA time zone such as Europe/Berlin, got {zone!r}") from error


def zone_of(platform: Platform) -> str:
    """Where the spec's calendars are, the most of them; UTC where it has none."""
    zones = Tally(o.window.zone for s in platform.services for o in s.slos if isinstance(o.window, Calendar))
    return zones.most_common(1)[0][0] if zones else "UTC"


def named(name: str, zone: str, now: datetime, option: str = "") -> Period:
    """The month, quarter or week (ISO 8601) of a name, as far as it is told at ``now``.

    With an ``option`` (``--month``), it must be of that kind.
    """
    units: list[Unit] = [unit for unit in _FORMS if not option or option == f"--{unit}"]
    unit: Unit | None = next((one for one in units if _FORMS[one].pattern.fullmatch(name)), None)
    examples = " or ".join(_FORMS[one].example for one in units)
    refused = SLOError(f"{option or '--compare'}: expected a period such as {examples}, got {name!r}")
    if unit is None:
        raise refused
    try:
        first = _first(unit, *map(int, _FORMS[unit].pattern.findall(name)[0]))
    except ValueError as error:
        raise refused from error
    start = datetime.combine(first, time(), ZoneInfo(zone))
    if start > now:
        raise SLOError(f"{option or '--compare'}: {name} has not begun")
    return around(unit, start, zone, now)


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


def before(unit: Unit, zone: str, now: datetime) -> Period:
    """The last one that is over."""
    running = around(unit, now, zone, now)
    return around(unit, running.start - timedelta(days=1), zone, now)


def between(start: date, end: date, zone: str, now: datetime) -> Period:
    """Days from ``start`` up to, and without, ``end``."""
    if start >= end:
        raise SLOError(f"--to: expected a day after {start}, got {end}")
    first, last = (datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) for day in (start, end))
    if first > now:
        raise SLOError(f"--from: {start} has not begun")
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


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SLOError(f"{option}: expected a day such as 2026-10-05, got {text!r}") from error


def _first(unit: Unit, year: int, number: int) -> date:
    if unit == "week":
        return date.fromisocalendar(year, number, 1)
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
