"""Who is called, how, and who next: people, rotations, escalation policies, receivers and teams."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from slo.alert import Priority
from slo.burnrate import Severity
from slo.receivers import FIRST_VERSION, Receiver
from slo.units import Duration

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Day, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Alertmanager's receivers for the pager itself.
RESERVED = frozenset({"pager", "heartbeat", "nobody"})
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", max_length=64)]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"expected an IANA zone such as Europe/Berlin, got {name!r}") from error
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Hours(_Value):
    """Times of the week in a zone, from ``start`` to ``end`` of the local clock on each day; an end at 0:00 is midnight."""

    zone: Zone = "UTC"
    days: tuple[Day, ...] = DAYS[:5]
    start: time = time(9)
    end: time = time(17)

    @property
    def until(self) -> timedelta:
        """The end as time of the clock since the day began: up to 24 hours."""
        return timedelta(hours=self.end.hour or 24 * (not self.end.minute), minutes=self.end.minute)

    def on(self, day: date) -> tuple[datetime, datetime]:
        """When the hours of a day begin and end, UTC, whether it is one of ``days`` or not."""
        zone = ZoneInfo(self.zone)
        last = day + self.until // timedelta(days=1) * timedelta(days=1)
        start, end = datetime.combine(day, self.start, zone), datetime.combine(last, self.end, zone)
        return start.astimezone(UTC), end.astimezone(UTC)

    @model_validator(mode="after")
    def _has_a_length(self) -> "Hours":
        if timedelta(hours=self.start.hour, minutes=self.start.minute) >= self.until or not self.days:
            raise ValueError("hours: expected days, and a start before the end of the same day")
        if any(at.second or at.microsecond or at.tzinfo for at in (self.start, self.end)):
            raise ValueError("hours: expected whole minutes, in the zone that zone names")
        return self


class Person(_Value):
    """Someone who can be called: by all of ``receivers`` at once."""

    name: Name
    title: str = ""
    receivers: tuple[Name, ...] = Field(min_length=1)


class Rotation(_Value):
    """People who take turns of ``shift``, from the first hand-off on, each at the same local time in ``zone``.

    A shift is whole days, so that a change of the clock moves no hand-off. With ``hours`` the rotation is on call at
    those times alone, and at others nobody of it is.
    """

    name: Name
    people: tuple[Name, ...] = Field(min_length=1)
    start: date
    handoff: time = time(9)
    zone: Zone = "UTC"
    shift: Duration = timedelta(days=7)
    hours: Hours | None = None

    @model_validator(mode="after")
    def _shifts_are_days(self) -> "Rotation":
        if self.shift < timedelta(days=1) or self.shift % timedelta(days=1):
            raise ValueError(f"rotation {self.name}: expected a shift of whole days")
        return self


class Step(_Value):
    """Whom to notify (people, or who is on call in rotations) ``after`` the incident began, if nobody acknowledged."""

    after: Duration | Literal["0s"] = "0s"
    title: str
    notify: tuple[Name, ...] = Field(min_length=1)

    @property
    def delay(self) -> timedelta:
        """Time from the start of the incident."""
        return timedelta() if isinstance(self.after, str) else self.after


class Escalation(_Value):
    """Steps by rising time; after the last, all begins again ``repeat`` times, as long after it as it was long."""

    name: Name
    steps: tuple[Step, ...] = Field(min_length=1)
    repeat: int = Field(default=2, ge=0, le=10)

    @model_validator(mode="after")
    def _rises(self) -> "Escalation":
        delays = [step.delay for step in self.steps]
        if delays[0] or delays != sorted(set(delays)):
            raise ValueError(f"escalation {self.name}: expected a first step after 0s, and later ones later")
        return self


class Team(_Value):
    """Owner of services: its pages follow ``escalation``, its tickets go to ``tickets`` in ``hours``.

    ``direct`` are receivers that hear of a page even if the pager is gone. ``priorities`` are receivers that also hear
    of every alert of a priority, at any time.
    """

    name: str
    title: str = ""
    escalation: Name
    tickets: tuple[Name, ...] = Field(min_length=1)
    direct: tuple[Name, ...] = ()
    priorities: dict[Priority, Annotated[tuple[Name, ...], Field(min_length=1)]] = {}
    hours: Hours = Hours()

    @property
    def routed(self) -> tuple[str, ...]:
        """Names of all receivers that hear of its alerts without the pager, each once."""
        also = (name for names in self.priorities.values() for name in names)
        return tuple(dict.fromkeys((*self.direct, *self.tickets, *also)))


def usual_priorities() -> dict[Severity, tuple[Priority, Priority, Priority, Priority]]:
    """Priorities of an SLO's alert by severity, one for each tier from 1 to 4."""
    return {"page": ("P0", "P1", "P1", "P2"), "ticket": ("P2", "P2", "P3", "P3")}


class OnCall(_Value):
    """The whole of it. ``priorities`` are those of an SLO's alert, by severity and by tier 1 to 4.

    ``alertmanager`` is the oldest version that must read what is generated; what it can't deliver, the pager does.
    """

    people: tuple[Person, ...]
    rotations: tuple[Rotation, ...]
    escalations: tuple[Escalation, ...]
    receivers: tuple[Receiver, ...]
    teams: tuple[Team, ...] = Field(min_length=1)
    priorities: dict[Severity, tuple[Priority, Priority, Priority, Priority]] = Field(
        default_factory=usual_priorities
    )
    alertmanager: str = Field(default="0.25", pattern=r"^\d+\.\d+$")

    @property
    def version(self) -> tuple[int, int]:
        """Alertmanager's version, to compare."""
        major, minor = self.alertmanager.split(".")
        return int(major), int(minor)

    def receiver(self, name: str) -> Receiver:
        """One of the receivers."""
        return next(receiver for receiver in self.receivers if receiver.name == name)

    @model_validator(mode="after")
    def _can_be_routed(self) -> "OnCall":
        if self.version < FIRST_VERSION:
            raise ValueError(f"alertmanager: expected 0.25 or newer, got {self.alertmanager}")
        if taken := sorted({r.name for r in self.receivers} & RESERVED):
            raise ValueError(f"receivers: the name {taken[0]} is taken by the pager's own")
        return self

    @model_validator(mode="after")
    def _refers_to_what_is_there(self) -> "OnCall":
        people = {p.name for p in self.people}
        receivers = {r.name for r in self.receivers}
        rotations = {r.name for r in self.rotations}
        for what, names in (
            ("person or rotation", [p.name for p in self.people] + [r.name for r in self.rotations]),
            ("receiver", [r.name for r in self.receivers]),
            ("escalation", [e.name for e in self.escalations]),
            ("team", [t.name for t in self.teams]),
        ):
            if twins := sorted({n for n in names if names.count(n) > 1}):
                raise ValueError(f"{what} used twice: {', '.join(twins)}")
        for person in self.people:
            _known(f"person {person.name}: receivers", person.receivers, receivers)
        for rotation in self.rotations:
            _known(f"rotation {rotation.name}: people", rotation.people, people)
        for policy in self.escalations:
            for step in policy.steps:
                _known(f"escalation {policy.name}: notify", step.notify, people | rotations)
        for team in self.teams:
            _known(f"team {team.name}: escalation", (team.escalation,), {e.name for e in self.escalations})
            _known(f"team {team.name}: receivers", team.routed, receivers)
            for name in team.direct:
                if self.receiver(name).since > self.version:
                    raise ValueError(
                        f"team {team.name}: direct: {name} is a {self.receiver(name).kind}, which Alertmanager "
                        f"{self.alertmanager} leaves to the pager; direct ones work without it"
                    )
        return self


def _known(where: str, names: tuple[str, ...], known: set[str]) -> None:
    if unknown := sorted(set(names) - known):
        raise ValueError(
            f"{where}: {', '.join(unknown)} is not declared; expected of {', '.join(sorted(known))}"
        )
