"""Who is on call when: rotations by their hand-offs, and the overrides that people agreed on."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from slo.oncall import DAYS, OnCall, Person, Rotation, Step


class Override(NamedTuple):
    """Somebody takes a rotation over from ``start`` to ``end``; the last one said counts."""

    rotation: str
    person: str
    start: datetime
    end: datetime
    by: str


def on_call(oncall: OnCall, rotation: str, at: datetime, overrides: Sequence[Override] = ()) -> str | None:
    """The person on call; None outside a rotation's hours or before its start."""
    for override in reversed(overrides):
        if override.rotation == rotation and override.start <= at < override.end:
            return override.person
    found = next(r for r in oncall.rotations if r.name == rotation)
    return _of(found, at) if at.astimezone(UTC) else None


def notified(
    oncall: OnCall, step: Step, at: datetime, overrides: Sequence[Override] = ()
) -> tuple[Person, ...]:
    """The people whom a step notifies."""
    rotations = {r.name for r in oncall.rotations}
    names = [on_call(oncall, name, at, overrides) if name in rotations else name for name in step.notify]
    people = {p.name: p for p in oncall.people}
    return tuple(people[name] for name in dict.fromkeys(names) if name)


def _of(rotation: Rotation, at: datetime) -> str | None:
    local = at.astimezone(ZoneInfo(rotation.zone))
    days = (local.date() - rotation.start).days - (local.time() < rotation.handoff)
    if days < 0:
        return None
    if hours := rotation.hours:
        there = at.astimezone(ZoneInfo(hours.zone))
        if DAYS[there.weekday()] not in hours.days or not hours.start <= there.time() < hours.end:
            return None
    return rotation.people[days // rotation.shift.days % len(rotation.people)]
