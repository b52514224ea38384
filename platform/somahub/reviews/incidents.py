"""Incidents of a review: who took how long, and what each cost."""

from datetime import datetime

from slo.alert import Priority
from slo.burnrate import Severity
from somahub.reviews.value import Value


class Cost(Value):
    """The share of a budget that was spent between ``start`` and ``end``; incidents at one time count the same events.

    ``start`` is before the incident where failures led up to it.
    """

    slo_id: str
    group: dict[str, str]
    start: datetime
    end: datetime
    bad: float
    spent: float | None


class Incident(Value):
    """One that was open in the period; people are empty and times None where it was nobody, or not yet.

    Lengths count from ``opened``. ``costs`` are of the budgets that it is about, the dearest first.
    """

    number: int
    title: str
    team: str
    severity: Severity
    priority: Priority
    services: tuple[str, ...]
    opened: datetime
    acknowledged: datetime | None
    acknowledged_by: str
    acknowledged_after: float | None
    resolved: datetime | None
    resolved_by: str
    resolved_after: float | None
    costs: tuple[Cost, ...]
