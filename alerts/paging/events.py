"""What can happen to an incident: alerts, people, and the clock."""

from datetime import datetime
from typing import NamedTuple

from alerts.paging.incident import IncidentAlert
from slo.alert import Priority


class Fired(NamedTuple):
    """An alert of the incident's group began, with how much it matters."""

    alert: IncidentAlert
    priority: Priority


class Ended(NamedTuple):
    """An alert is over; of another start of it, nothing is known. ``budget_left`` is what the end says of it."""

    fingerprint: str
    started: datetime
    at: datetime
    budget_left: str = ""


class Attached(NamedTuple):
    """All alerts that those of the incident inhibit now."""

    alerts: tuple[IncidentAlert, ...]


class Acknowledge(NamedTuple):
    """Somebody works on it."""

    by: str


class Resolve(NamedTuple):
    """Somebody says that it is over; what still fires of it pages nobody again."""

    by: str


class Reopen(NamedTuple):
    """Somebody says that it is not over."""

    by: str


class Snooze(NamedTuple):
    """Nobody is to hear of it before ``until``; then it begins again."""

    by: str
    until: datetime


class Reassign(NamedTuple):
    """It goes to a person, after whom the team's escalation goes on, or to another team."""

    by: str
    person: str = ""
    team: str = ""


class AddResponder(NamedTuple):
    """Somebody else is called to help."""

    by: str
    person: str


class Due(NamedTuple):
    """The time of the incident's next step has come, or its snooze is over."""


class Undelivered(NamedTuple):
    """A receiver did not take a notification for so long that others must hear of it."""

    receiver: str
    reason: str


Event = (
    Fired
    | Ended
    | Attached
    | Acknowledge
    | Resolve
    | Reopen
    | Snooze
    | Reassign
    | AddResponder
    | Due
    | Undelivered
)
