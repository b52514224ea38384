"""Whom an incident's team calls at which step, and when: the spec's on-call part with the overrides of now."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from alerts.paging.schedule import Override, notified
from slo.oncall import DAYS, Escalation, Hours, OnCall, Person, Team

# After a policy whose only step is at once, how long nobody is called.
_SHORTEST_ROUND = timedelta(minutes=15)


class Call(NamedTuple):
    """One receiver to notify, for a person or (empty) for the team."""

    receiver: str
    person: str = ""


class Roster(NamedTuple):
    """Pure: the same question at the same time has the same answer."""

    oncall: OnCall
    overrides: Sequence[Override] = ()

    def team(self, name: str) -> Team:
        """A team by its name; what belongs to nobody we know goes to the first, for it must reach somebody."""
        return next((team for team in self.oncall.teams if team.name == name), self.oncall.teams[0])

    def escalation(self, team: str) -> Escalation:
        """The policy of a team."""
        name = self.team(team).escalation
        return next(policy for policy in self.oncall.escalations if policy.name == name)

    def levels(self, team: str) -> int:
        """How many steps there are, with all repeats."""
        policy = self.escalation(team)
        return len(policy.steps) * (policy.repeat + 1)

    def time_of(self, team: str, level: int, began: datetime) -> datetime | None:
        """When a level is due, counted over all repeats; None after the last."""
        if level >= self.levels(team):
            return None
        policy = self.escalation(team)
        rounds, step = divmod(level, len(policy.steps))
        last = policy.steps[-1].delay
        return began + rounds * max(2 * last, _SHORTEST_ROUND) + policy.steps[step].delay

    def title(self, team: str, level: int) -> str:
        """What a level is called."""
        steps = self.escalation(team).steps
        return steps[level % len(steps)].title

    def calls(self, team: str, level: int, at: datetime) -> tuple[Call, ...]:
        """Whom a level notifies."""
        steps = self.escalation(team).steps
        return _calls(notified(self.oncall, steps[level % len(steps)], at, self.overrides))

    def person(self, name: str) -> tuple[Call, ...]:
        """The receivers of one person; none where nobody is called so."""
        return _calls(person for person in self.oncall.people if person.name == name)

    def direct(self, team: str) -> tuple[Call, ...]:
        """Receivers that hear of a page where the usual way fails."""
        return tuple(Call(receiver) for receiver in self.team(team).direct)

    def tickets(self, team: str) -> tuple[Call, ...]:
        """Where a team's tickets go."""
        return tuple(Call(receiver) for receiver in self.team(team).tickets)


def opening(hours: Hours, at: datetime) -> datetime:
    """The first time from ``at`` on that lies in business hours, UTC."""
    zone = ZoneInfo(hours.zone)
    local = at.astimezone(zone)
    for days in range(8):
        day = (local + timedelta(days=days)).date()
        start, end = hours.on(day)
        if DAYS[day.weekday()] in hours.days and at < end:
            return max(at, start)
    raise AssertionError("hours have a day of the week")


def _calls(people: Iterable[Person]) -> tuple[Call, ...]:
    """Each receiver once: two people may share a channel."""
    found: dict[str, Call] = {}
    for person in people:
        for receiver in person.receivers:
            found.setdefault(receiver, Call(receiver, person.name))
    return tuple(found.values())
