"""A review as data; its JSON form is this model, and ``schema()`` says so in JSON Schema.

Fractions are of 1, objectives in percent, lengths in seconds, times aware and in UTC. A None is unknown, never zero.
``raw`` figures count everything; ``adjusted`` ones leave approved exclusions out, and they are those that are judged.
"""

from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal

from somahub.reviews.evidence import Capacity, Certificate, Durability
from somahub.reviews.incidents import Incident
from somahub.reviews.value import Value

Verdict = Literal["met", "missed", "unknown"]
"""``unknown``: less than half of the time is known."""


class Period(Value):
    """From ``start`` up to ``end``, midnights of ``zone``; ``name`` is 2026-10, 2026-Q3, 2026-W40 or two dates.

    ``at`` is how far it is told: its end, or an earlier moment while it is ``running``.
    """

    kind: Literal["month", "quarter", "week", "days"]
    name: str
    zone: str
    start: datetime
    end: datetime
    at: datetime
    running: bool


class DataRange(Value):
    """The first and the last moment of the period that the history knows anything of."""

    first: datetime | None
    last: datetime | None


class Figures(Value):
    """What was counted, in the SLO's unit; ``allowed`` is how many of the whole period's events may be bad."""

    bad: float
    total: float
    sli: float | None
    allowed: float | None
    spent: float | None
    left: float | None
    verdict: Verdict


class Completeness(Value):
    """Of the ``elapsed`` time, what is known; ``recovered`` is the part of ``unknown`` that a counter told afterwards.

    ``certain``: the verdict would be the same had all that is unknown and not recovered been bad.
    """

    elapsed: float
    known: float
    unknown: float
    recovered: float
    excluded: float
    certain: bool


class Objective(Value):
    """What was promised from ``since`` on; None: from before the period. ``window`` is in words."""

    since: datetime | None
    objective: Decimal
    window: str


class Month(Value):
    """One month of a trend, in the period's zone; ``known`` is a fraction of it."""

    month: str
    known: float
    raw: Figures
    adjusted: Figures


class Curve(Value):
    """What was left of the budget ``step``, twice ``step`` … seconds after the period's start; the last at ``Period.at``."""

    step: int
    raw: tuple[float, ...]
    adjusted: tuple[float, ...]


class Day(Value):
    """A day of the period's zone, adjusted; ``spent`` is its share of the whole budget, ``known`` a fraction of the day."""

    date: date
    bad: float
    total: float
    spent: float | None
    known: float


class Hour(Value):
    """An hour, likewise."""

    start: datetime
    bad: float
    total: float
    spent: float | None


class Region(Value):
    """What one region's Prometheus saw; regions are summed in the other figures."""

    region: str
    known: float
    raw: Figures
    adjusted: Figures


class Action(Value):
    """What the budget policy says is due from ``spent`` percent on."""

    action: Literal["notify", "review", "freeze"]
    spent: Decimal
    text: str


class Forecast(Value):
    """What will be left at the period's end: 8 of 10 outcomes lie between ``low`` and ``high``.

    ``empty_at`` is when half of the outcomes have spent it all; None: not in this period.
    """

    low: float
    middle: float
    high: float
    empty_at: datetime | None


class Row(Value):
    """One budget: an SLO, or one ``group`` of it; a row of all groups together has an id of its own that ends in ``-all``.

    ``of`` names the parts of a composite or the SLO whose groups are together. ``incidents`` are numbers, dearest first.
    ``cause`` says what cost most, in words, where the objective was missed; ``cause_spent`` is its share of the budget.
    """

    slo_id: str
    service: str
    name: str
    description: str
    team: str
    tier: int
    group: dict[str, str]
    kind: str
    of: tuple[str, ...]
    unit: str
    window: str
    objectives: tuple[Objective, ...]
    raw: Figures
    adjusted: Figures
    completeness: Completeness
    months: tuple[Month, ...]
    burn_down: Curve | None
    days: tuple[Day, ...]
    worst_days: tuple[Day, ...]
    worst_hours: tuple[Hour, ...]
    regions: tuple[Region, ...]
    incidents: tuple[int, ...]
    actions: tuple[Action, ...]
    forecast: Forecast | None
    cause: str
    cause_spent: float | None


class Team(Value):
    """A team's month in a few figures; medians are over its pages, None where no pager was asked or nothing happened."""

    team: str
    title: str
    met: int
    missed: int
    unknown: int
    pages: int | None
    acknowledged_after: float | None
    resolved_after: float | None
    actions: int


class Exclusion(Value):
    """Approved work in the period: none of ``services`` named means all."""

    name: str
    reason: str
    approver: str
    services: tuple[str, ...]
    spans: tuple[tuple[datetime, datetime], ...]
    seconds: float


class Change(Value):
    """One budget in an earlier period and in this one; None where one of both doesn't have it."""

    slo_id: str
    group: dict[str, str]
    before: Figures | None
    after: Figures | None


class Comparison(Value):
    """The period beside another; pages are None where no pager was asked."""

    period: Period
    pages: int | None
    pages_before: int | None
    rows: tuple[Change, ...]


class Review(Value):
    """Everything that a review meeting opens.

    ``recovery`` names the rows on RTO and RPO. ``incidents`` is None where no pager was asked; ``durability``,
    ``capacity`` and ``certificates`` are None where no Prometheus was. ``digest`` is the SHA-256 of the rest.
    """

    schema_version: Literal[1] = 1
    platform: str
    period: Period
    data: DataRange
    unknown_time: Literal["ignore", "bad"]
    teams: tuple[Team, ...]
    rows: tuple[Row, ...]
    incidents: tuple[Incident, ...] | None
    exclusions: tuple[Exclusion, ...]
    recovery: tuple[str, ...]
    durability: tuple[Durability, ...] | None
    capacity: tuple[Capacity, ...] | None
    certificates: tuple[Certificate, ...] | None
    comparison: Comparison | None = None
    digest: str = ""


def sealed(review: Review) -> Review:
    """With its digest: the same data gives the same one."""
    return review.model_copy(update={"digest": digest(review)})


def digest(review: Review) -> str:
    """SHA-256 of the JSON without the digest, in the order of the model's fields, without white space."""
    return sha256(review.model_dump_json(exclude={"digest"}).encode()).hexdigest()


def schema() -> dict[str, Any]:
    """JSON Schema of the JSON form."""
    return Review.model_json_schema(mode="serialization")
