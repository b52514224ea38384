"""Who is called for an incident now, and who will be next."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from alerts.paging.incident import Incident
from alerts.paging.schedule import Override, notified
from slo.oncall import OnCall, Step


class Called(NamedTuple):
    """People by their titles; ``following`` are called at ``following_at``, if nobody acknowledges before."""

    step: str = ""
    now: tuple[str, ...] = ()
    following: tuple[str, ...] = ()
    following_at: datetime | None = None


# Where the pager can't tell.
UNKNOWN = Called()


def called(oncall: OnCall, incident: Incident, at: datetime, overrides: Sequence[Override] = ()) -> Called:
    """By the escalation of the incident's team; after its last step it begins again."""
    teams = {team.name: team for team in oncall.teams}
    team = teams.get(incident.team, oncall.teams[0])
    steps = next(policy for policy in oncall.escalations if policy.name == team.escalation).steps
    step = steps[incident.level % len(steps)]
    known = Called(step.title, _titles(oncall, step, at, overrides))
    if (then := incident.next_level_at) is None:
        return known
    following = steps[(incident.level + 1) % len(steps)]
    return known._replace(following=_titles(oncall, following, then, overrides), following_at=then)


def _titles(oncall: OnCall, step: Step, at: datetime, overrides: Sequence[Override]) -> tuple[str, ...]:
    return tuple(person.title or person.name for person in notified(oncall, step, at, overrides))
