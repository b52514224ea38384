"""The schedule as a calendar to subscribe to (RFC 5545): an event for each shift, of a rotation or of a person.

Times are local, with the rules of their zone, so that a hand-off stays where it is when a government moves the clock;
one in the hour that comes twice is in UTC, for local time can't tell which of the two is meant.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from alerts.paging.schedule import Override, whole_shifts
from alerts.paging.turns import Shift
from alerts.paging.vtimezone import vtimezone
from slo.errors import SLOError
from slo.oncall import OnCall, Rotation

_REFRESH = timedelta(minutes=30)


class UnknownPersonError(SLOError):
    """The spec has no person of this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"nobody is called {name}; there are: {', '.join(sorted(known))}")
        self.name = name


class Feed(NamedTuple):
    """What a calendar is made of: shifts that overlap ``start`` and ``end``, whole; ``domain`` makes its ids unique.

    ``made`` is the time of making, which every event says.
    """

    oncall: OnCall
    start: datetime
    end: datetime
    made: datetime
    overrides: Sequence[Override] = ()
    domain: str = "slo"

    def of_rotation(self, name: str) -> bytes:
        """All shifts of a rotation; raises ``UnknownRotationError``."""
        return self._text(name, [(name, shift) for shift in self._shifts(name)])

    def of_person(self, name: str) -> bytes:
        """A person's shifts in all rotations; raises ``UnknownPersonError``."""
        if name not in {person.name for person in self.oncall.people}:
            raise UnknownPersonError(name, (person.name for person in self.oncall.people))
        names = [rotation.name for rotation in self.oncall.rotations]
        found = [(r, shift) for r in names for shift in self._shifts(r) if shift.person == name]
        return self._text(name, found)

    def _shifts(self, rotation: str) -> list[Shift]:
        """None is cut, so that a shift is the same event whenever the calendar is made."""
        return whole_shifts(self.oncall, rotation, self.start, self.end, self.overrides)

    def _text(self, name: str, found: list[tuple[str, Shift]]) -> bytes:
        rotations = {rotation.name: rotation for rotation in self.oncall.rotations}
        calendar = Calendar.new(
            prodid="-//soma-slo//on call//EN",
            uid=f"{name}@{self.domain}",
            name=f"On call: {name}",
        )
        # RFC 7986 wants the type said; some clients know only the older name.
        calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT30M")
        for zone in sorted({rotations[r].zone for r, _ in found} - {"UTC"}):
            spans = [shift for r, shift in found if rotations[r].zone == zone]
            calendar.add_component(_zone(zone, spans))
        for rotation, shift in found:
            calendar.add_component(self._event(rotations[rotation], shift))
        text: bytes = calendar.to_ical()
        return text

    def _event(self, rotation: Rotation, shift: Shift) -> Event:
        titles = {person.name: person.title or person.name for person in self.oncall.people}
        zone = ZoneInfo(rotation.zone)
        event = Event.new(
            uid=f"{rotation.name}-{shift.start:%Y%m%dT%H%M%SZ}@{self.domain}",
            stamp=self.made.astimezone(UTC),
            start=_local(shift.start, zone),
            end=_local(shift.end, zone),
            summary=f"On call: {titles[shift.person]} ({rotation.name})",
            description="By an override" if shift.override else None,
        )
        event.add("transp", "TRANSPARENT")  # whoever is on call can have other appointments
        return event


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    return at if local.fold or zone.key == "UTC" else local


def _zone(name: str, spans: list[Shift]) -> Timezone:
    return vtimezone(name, min(s.start for s in spans), max(s.end for s in spans))
