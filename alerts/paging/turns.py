"""The turns of a rotation: hand-offs, and the hours in which it is on call.

A hand-off is at a local time. One that the change to summer time skips is read with the offset before it, one that
comes twice is the first (RFC 5545, 3.3.5: an iCalendar client reads it so, too).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from slo.oncall import DAYS, Hours, Rotation

_DAY = timedelta(days=1)


class Shift(NamedTuple):
    """A person's time on call, UTC, without its ``end``."""

    person: str
    start: datetime
    end: datetime
    override: bool = False


def _instant(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def _handoff(rotation: Rotation, turn: int) -> datetime:
    return _instant(rotation.start + turn * rotation.shift, rotation.handoff, rotation.zone)


def turn_at(rotation: Rotation, at: datetime) -> int:
    """Number of the turn that contains a time; negative before the first."""
    day = at.astimezone(ZoneInfo(rotation.zone)).date()
    # The hand-off may come later on the day, or came already tomorrow, where a clock went back over midnight.
    turn = (day - rotation.start) // rotation.shift + 1
    while _handoff(rotation, turn) > at:
        turn -= 1
    return turn


def turns(rotation: Rotation, start: datetime, end: datetime) -> Iterator[Shift]:
    """Turns that have a part between two times, whole, or their parts in the rotation's hours."""
    turn = max(turn_at(rotation, start), 0)
    while (begun := _handoff(rotation, turn)) < end:
        person, over = rotation.people[turn % len(rotation.people)], _handoff(rotation, turn + 1)
        if rotation.hours is None:
            yield Shift(person, begun, over)
        else:
            for opened, closed in open_spans(rotation.hours, max(begun, start), min(over, end)):
                yield from cut([Shift(person, opened, closed)], begun, over)
        turn += 1


def open_spans(hours: Hours, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Spans of hours on all days that have a part in a time."""
    zone = ZoneInfo(hours.zone)
    day, last = (at.astimezone(zone).date() for at in (start - _DAY, end + _DAY))
    closed = start - 3 * _DAY
    while day <= last:
        if DAYS[day.weekday()] in hours.days:
            # A day that the zone skips is the next: no time is open twice.
            opened, over = hours.on(day)
            opened, closed = max(closed, opened), over
            if opened < closed:
                yield opened, closed
        day += _DAY


def cut(found: Iterable[Shift], start: datetime, end: datetime) -> list[Shift]:
    """The parts of shifts between two times."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    parts = (s._replace(start=max(s.start, start), end=min(s.end, end)) for s in found)
    return [s for s in parts if s.start < s.end]
