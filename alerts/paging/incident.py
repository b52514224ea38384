"""An incident: the alerts of one cause, who works on it, and who is called next."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from slo.alert import Priority
from slo.burnrate import Severity


class Status(StrEnum):
    """Where an incident is in its life; a snoozed one is triggered again when its time has passed."""

    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Occasion(StrEnum):
    """Why somebody is notified."""

    TRIGGERED = "triggered"
    ESCALATED = "escalated"
    REOPENED = "reopened"
    REASSIGNED = "reassigned"
    RESPONDER = "responder"
    UNDELIVERED = "undelivered"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IncidentAlert(_Value):
    """One alert of an incident; ``attached``: a symptom that is inhibited by another of its alerts, and pages nobody."""

    fingerprint: str
    labels: dict[str, str]
    annotations: dict[str, str]
    started: datetime
    ended: datetime | None = None
    attached: bool = False


class Moment(_Value):
    """One line of the timeline: what happened, and who did it (a person, or the pager itself)."""

    at: datetime
    what: str
    by: str = "pager"
    details: dict[str, Any] = {}


class Incident(_Value):
    """All times are aware, UTC. ``level`` is the step of the escalation that was notified last, from 0.

    The escalation counts from ``began``: when the incident was opened, or last triggered again. ``key`` is what it
    groups by, ``rounds`` how often somebody was notified, ``told`` the receivers that were, ``reopened`` how often it
    flapped. One with a ``receiver`` is only what Alertmanager leaves to the pager to deliver to it: nobody is called.
    """

    id: str
    number: int
    team: str
    title: str
    severity: Severity
    priority: Priority
    status: Status
    alerts: tuple[IncidentAlert, ...]
    created: datetime
    acknowledged: datetime | None = None
    acknowledged_by: str = ""
    resolved: datetime | None = None
    resolved_by: str = ""
    snoozed_until: datetime | None = None
    level: int = 0
    next_level_at: datetime | None = None
    responders: tuple[str, ...] = ()
    test: bool = False
    timeline: tuple[Moment, ...] = ()
    key: str = ""
    began: datetime | None = None
    rounds: int = 0
    told: tuple[str, ...] = ()
    reopened: int = 0
    receiver: str = ""

    @property
    def next_at(self) -> datetime | None:
        """When the pager must look at it again, if nothing happens before."""
        return self.snoozed_until if self.status is Status.SNOOZED else self.next_level_at

    @property
    def standing(self) -> Occasion:
        """What is to be told of it now, whatever has happened before."""
        told = {Status.ACKNOWLEDGED: Occasion.ACKNOWLEDGED, Status.RESOLVED: Occasion.RESOLVED}
        return told.get(self.status, Occasion.TRIGGERED)

    @property
    def since(self) -> datetime:
        """What the escalation counts from."""
        return self.began or self.created
