"""What a policy did on one SLO's history; the JSON form of a backtest is made of these."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from slo.burnrate import Severity


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Alert(_Value):
    """A spell of firing: ``end`` is the first evaluation after it, None while it fires at the end of the history.

    ``row`` is what was true first, ``peak_burn`` the highest burn rate of 5 minutes meanwhile. ``incident`` says
    whether the error ratio was above the budget at any time of it; None for a ticket on the budget itself.
    """

    alert: str
    severity: Severity
    row: str
    start: datetime
    end: datetime | None
    peak_burn: float
    incident: bool | None


class Incident(_Value):
    """A stretch in which the budget burnt too fast; ``end`` is None while it lasts.

    ``budget_spent`` is the fraction of the budget of the SLO's window. ``page_after`` and ``ticket_after`` are in
    seconds from its start: negative where the alert fired already, None where none did.
    """

    start: datetime
    end: datetime | None
    peak_burn: float
    budget_spent: float
    page_after: float | None
    ticket_after: float | None


class Limit(_Value):
    """A row of the policy and the error ratio above which it alerts."""

    severity: Severity
    row: str
    ratio: float


class Point(_Value):
    """The worst of a slice of time: the highest error ratio of 5 minutes, the least that was left of the budget."""

    at: datetime
    ratio: float | None
    left: float | None


class Outcome(_Value):
    """One SLO, or one group of it. Fractions of 1; ``objective`` in percent; None is unknown, never zero.

    ``known`` is the fraction of the history in which there was data. ``spent`` is of the budget of the SLO's
    window at the end of the history, ``spent_at_worst`` at its worst, and ``spent_of_history`` is of the budget
    that the history as a whole had.
    """

    slo_id: str
    group: dict[str, str]
    objective: float
    window: str
    unit: str
    limits: tuple[Limit, ...]
    known: float
    spent: float | None
    spent_at_worst: float | None
    spent_of_history: float | None
    alerts: tuple[Alert, ...]
    incidents: tuple[Incident, ...]
    curve: tuple[Point, ...]

    @property
    def name(self) -> str:
        """The id, and the group's labels where it is one."""
        inner = ", ".join(f"{label}={value}" for label, value in self.group.items())
        return f"{self.slo_id} {{{inner}}}" if inner else self.slo_id
