"""Who is on call when: the turns of a rotation, at the hours that it keeps, and overrides on top.

A hand-off is at a local time. One that the change to summer time skips is read with the offset before it, one that
comes twice is the first (RFC 5545, 3.3.5: an iCalendar client reads it so, too).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator

from slo.errors import SLOError
from slo.oncall import DAYS, Hours, OnCall, Person, Rotation, Step

_DAY = timedelta(days=1)


class UnknownRotationError(SLOError):
    """The spec has no rotation of this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"no rotation {name}; there are: {', '.join(sorted(known)) or 'none'}")
        self.name = name


class Override(BaseModel):
    """``person`` is on call for a rotation from ``start`` to ``end``, whoever's turn it is, by the word of ``by``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rotation: str
    person: str
    start: AwareDatetime
    end: AwareDatetime
    by: str

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.start >= self.end:
            raise ValueError("expected an override that ends after it starts")
        return self


class Shift(NamedTuple):
    """A person's time on call, UTC, without its ``end``."""

    person: str
    start: datetime
    end: datetime
    override: bool = False


def on_call(oncall: OnCall, rotation: str, at: datetime, overrides: Sequence[Override] = ()) -> str | None:
    """Name of the person on call; None before the first hand-off and outside of the rotation's hours.

    ``overrides`` are in the order in which they were made: of two that overlap, the later counts. One of a person who
    is no longer in the spec doesn't: nobody could be called.
    """
    found = _rotation(oncall, rotation)
    for override in reversed(_in_force(oncall, rotation, overrides)):
        if override.start <= at < override.end:
            return override.person
    turn = _turn(found, at)
    if turn < 0 or (found.hours and not any(s <= at < e for s, e in _open(found.hours, at, at))):
        return None
    return found.people[turn % len(found.people)]


def shifts(
    oncall: OnCall, rotation: str, start: datetime, end: datetime, overrides: Sequence[Override] = ()
) -> list[Shift]:
    """All shifts between two times, cut at both, in order; each hand-off begins a new one."""
    found = _rotation(oncall, rotation)
    told = _cut(_turns(found, start, end), start, end)
    for override in _in_force(oncall, rotation, overrides):
        over = Shift(
            override.person, override.start.astimezone(UTC), override.end.astimezone(UTC), override=True
        )
        told = [piece for shift in told for piece in _without(shift, over)] + _cut([over], start, end)
    return sorted(told, key=lambda shift: shift.start)


def whole_shifts(
    oncall: OnCall, rotation: str, start: datetime, end: datetime, overrides: Sequence[Override] = ()
) -> list[Shift]:
    """The shifts that have a part between two times, none of them cut."""
    reach = _rotation(oncall, rotation).shift + _DAY
    first = min(start - reach, *(o.start for o in overrides if o.end > start), start)
    last = max(end + reach, *(o.end for o in overrides if o.start < end), end)
    found = shifts(oncall, rotation, first, last, overrides)
    return [shift for shift in found if shift.start < end and shift.end > start]


def notified(
    oncall: OnCall, step: Step, at: datetime, overrides: Sequence[Override] = ()
) -> tuple[Person, ...]:
    """The people that a step calls, each once: those that it names, and who is on call in its rotations."""
    rotations = {r.name for r in oncall.rotations}
    names = [on_call(oncall, n, at, overrides) if n in rotations else n for n in step.notify]
    people = {p.name: p for p in oncall.people}
    return tuple(people[name] for name in dict.fromkeys(names) if name is not None)


def _rotation(oncall: OnCall, name: str) -> Rotation:
    found = {r.name: r for r in oncall.rotations}
    if name not in found:
        raise UnknownRotationError(name, found)
    return found[name]


def _in_force(oncall: OnCall, rotation: str, overrides: Sequence[Override]) -> list[Override]:
    people = {p.name for p in oncall.people}
    return [o for o in overrides if o.rotation == rotation and o.person in people]


def _instant(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def _handoff(rotation: Rotation, turn: int) -> datetime:
    return _instant(rotation.start + turn * rotation.shift, rotation.handoff, rotation.zone)


def _turn(rotation: Rotation, at: datetime) -> int:
    """Number of the turn that contains a time; negative before the first."""
    day = at.astimezone(ZoneInfo(rotation.zone)).date()
    # The hand-off may come later on the day, or came already tomorrow, where a clock went back over midnight.
    turn = (day - rotation.start) // rotation.shift + 1
    while _handoff(rotation, turn) > at:
        turn -= 1
    return turn


def _turns(rotation: Rotation, start: datetime, end: datetime) -> Iterator[Shift]:
    turn = max(_turn(rotation, start), 0)
    while (begun := _handoff(rotation, turn)) < end:
        person, over = rotation.people[turn % len(rotation.people)], _handoff(rotation, turn + 1)
        if rotation.hours is None:
            yield Shift(person, begun, over)
        else:
            for opened, closed in _open(rotation.hours, max(begun, start), min(over, end)):
                yield from _cut([Shift(person, opened, closed)], begun, over)
        turn += 1


def _open(hours: Hours, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Spans of hours on all days that have a part in a time."""
    zone = ZoneInfo(hours.zone)
    day, last = (at.astimezone(zone).date() for at in (start - _DAY, end + _DAY))
    closed = start - 3 * _DAY
    while day <= last:
        if DAYS[day.weekday()] in hours.days:
            # A day that the zone skips is the next: no time is open twice.
            opened, closed = (
                max(closed, _instant(day, hours.start, hours.zone)),
                _instant(day, hours.end, hours.zone),
            )
            if opened < closed:
                yield opened, closed
        day += _DAY


def _cut(found: Iterable[Shift], start: datetime, end: datetime) -> list[Shift]:
    """The parts of shifts between two times."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    cut = (s._replace(start=max(s.start, start), end=min(s.end, end)) for s in found)
    return [s for s in cut if s.start < s.end]


def _without(shift: Shift, over: Shift) -> list[Shift]:
    """What an override leaves of a shift: before it, after it, both or nothing."""
    return _cut([shift], shift.start, over.start) + _cut([shift], over.end, shift.end)
