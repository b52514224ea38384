"""What a review tells beside the budgets, from Prometheus: durability, capacity, certificates.

Prometheus may not keep the whole period: ``known`` says how much of it the figures stand for.
"""

from datetime import datetime

from somahub.reviews.value import Value


class Metric(Value):
    """What would speak for or against a target: what a counter grew by, or a gauge's last value, over ``known`` seconds."""

    name: str
    help: str
    value: float | None
    known: float


class Durability(Value):
    """A target that no measurement can show, beside its evidence."""

    service: str
    name: str
    target: str
    means: str
    evidence: tuple[Metric, ...]


class Capacity(Value):
    """The share of something that is used, over ``known`` seconds of the period; the fullest of its kind.

    ``full_at`` is where a straight line through it reaches 1, within a year; None: it doesn't, or nothing is known.
    """

    service: str
    what: str
    mean: float | None
    peak: float | None
    last: float | None
    known: float
    full_at: datetime | None


class Certificate(Value):
    """One as it was read last; ``left`` is seconds from the period's ``at``, negative once it expired."""

    source: str
    name: str
    expires: datetime
    left: float
