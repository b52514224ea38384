"""Who is on call when: the turns of rotations, and overrides on top."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator

from alerts.paging.turns import Shift, cut, open_spans, turn_at, turns
from slo.errors import SLOError
from slo.oncall import OnCall, Person, Rotation, Step

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


def on_call(oncall: OnCall, rotation: str, at: datetime, overrides: Sequence[Override] = ()) -> str | None:
    """Name of the person on call; None before the first hand-off and outside of the rotation's hours.

    ``overrides`` are in the order in which they were made: of two that overlap, the later counts. One of a person who
    is no longer in the spec doesn't: nobody could be called.
    """
    found = _rotation(oncall, rotation)
    for override in reversed(_in_force(oncall, rotation, overrides)):
        if override.start <= at < override.end:
            return override.person
    turn = turn_at(found, at)
    if turn < 0 or (found.hours and not any(s <= at < e for s, e in open_spans(found.hours, at, at))):
        return None
    return found.people[turn % len(found.people)]


def shifts(
    oncall: OnCall, rotation: str, start: datetime, end: datetime, overrides: Sequence[Override] = ()
) -> list[Shift]:
    """All shifts between two times, cut at both, in order; each hand-off begins a new one."""
    found = _rotation(oncall, rotation)
    told = cut(turns(found, start, end), start, end)
    for override in _in_force(oncall, rotation, overrides):
        over = Shift(
            override.person, override.start.astimezone(UTC), override.end.astimezone(UTC), override=True
        )
        told = [piece for shift in told for piece in _without(shift, over)] + cut([over], start, end)
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


def _without(shift: Shift, over: Shift) -> list[Shift]:
    """What an override leaves of a shift: before it, after it, both or nothing."""
    return cut([shift], shift.start, over.start) + cut([shift], over.end, shift.end)
