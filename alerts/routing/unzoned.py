"""Business hours for an Alertmanager that is told no time zones: in UTC, month by month."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.routing.intervals import Interval, clock, weekdays
from slo.oncall import Hours

_DAY = 24 * 60


def unzoned(hours: Hours, year: int) -> list[Interval]:
    """The hours as the zone's clock has them in ``year``; in a month of its change, those before and those after it."""
    months: dict[tuple[int, int], list[int]] = {}
    for month in range(1, 13):
        first = datetime(year, month, 1, tzinfo=UTC)
        days = monthrange(year, month)[1]
        # At the first moment and at the end of each day: it may change on the first or the last.
        ends = (first + timedelta(days=day) - timedelta(minutes=1) for day in range(1, days + 1))
        offsets = {_minutes(_offset(hours.zone, at)) for at in (first, *ends)}
        months.setdefault((min(offsets), max(offsets)), []).append(month)
    found = []
    for (least, most), some in months.items():
        start = _minutes(timedelta(hours=hours.start.hour, minutes=hours.start.minute))
        end = _minutes(hours.until)
        for days, since, until in _by_day(start - most, end - least):
            interval: Interval = {
                "weekdays": weekdays(hours.days, days),
                "times": [{"start_time": clock(since), "end_time": clock(until)}],
            }
            found.append(interval | ({"months": [str(m) for m in some]} if len(months) > 1 else {}))
    return found


def _offset(zone: str, at: datetime) -> timedelta:
    return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()


def _minutes(length: timedelta) -> int:
    return length // timedelta(minutes=1)


def _by_day(start: int, end: int) -> list[tuple[int, int, int]]:
    """Minutes since a day's midnight, as days after it and minutes within them."""
    pieces = ((day, max(start, day * _DAY), min(end, (day + 1) * _DAY)) for day in (-1, 0, 1))
    return [(day, since - day * _DAY, until - day * _DAY) for day, since, until in pieces if since < until]
