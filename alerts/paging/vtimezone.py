"""The rules of a time zone for a calendar (RFC 5545, 3.6.5), from the IANA database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def vtimezone(name: str, start: datetime, end: datetime) -> Timezone:
    """One observance for what holds at ``start``, and one for each change until ``end``.

    icalendar's own gives the change to summer time by the clock after it, where the RFC wants the one before it, and a
    client that believes the rules is an hour off.
    """
    zone = ZoneInfo(name)
    first = start.astimezone(UTC).replace(microsecond=0) - _DAY
    found = Timezone()
    found.add("tzid", name)
    found.add_component(_observance(first, first, zone))
    for change in _changes(zone, first, end.astimezone(UTC) + _DAY):
        found.add_component(_observance(change - _SECOND, change, zone))
    return found


def _observance(before: datetime, change: datetime, zone: ZoneInfo) -> TimezoneDaylight | TimezoneStandard:
    old, new = before.astimezone(zone), change.astimezone(zone)
    offset = old.utcoffset() or timedelta()
    found = TimezoneDaylight() if new.dst() else TimezoneStandard()
    found.add("dtstart", change.replace(tzinfo=None) + offset)
    found.add("tzoffsetfrom", offset)
    found.add("tzoffsetto", new.utcoffset() or timedelta())
    found.add("tzname", new.tzname() or zone.key)
    return found


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The first second of each new offset; two changes within a day are taken for one."""
    while start < end:
        low, high = start, start + _DAY
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            while high - low > _SECOND:
                middle = low + (high - low) // 2 // _SECOND * _SECOND
                same = middle.astimezone(zone).utcoffset() == start.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            yield high
        start += _DAY
