"""Signals that a service declares: it can emit these and no others."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Signal(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str


class Metric(_Signal):
    """A metric; ``labels`` maps each label to its known values (none: not known beforehand).

    ``unproven`` says why it can't be seen where the platform runs on one machine; empty: it can be. ``quiet`` says why
    it may have no series while all is well, such as a failure that is counted only from its first on.
    """

    name: str = Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")
    help: str
    labels: dict[str, tuple[str, ...]] = {}
    unproven: str = ""
    quiet: str = ""


class Counter(Metric):
    """A count that only grows. Where every label's values are known, each series starts at 0."""

    kind: Literal["counter"] = "counter"


class Gauge(Metric):
    """A value that goes up and down."""

    kind: Literal["gauge"] = "gauge"


class Histogram(Metric):
    """A distribution with bucket edges in the metric's unit."""

    kind: Literal["histogram"] = "histogram"
    buckets: tuple[float, ...] = Field(min_length=1)


class Event(_Signal):
    """A structured log line of a fixed set of fields."""

    fields: tuple[str, ...] = ()
    level: Literal["info", "warning", "error"] = "info"


class Span(_Signal):
    """A named part of a trace, below the request's own span, with the attributes that it may carry."""

    attributes: tuple[str, ...] = ()


class DesignTarget(_Signal):
    """What a service is built for and no measurement can show: it is told beside its evidence, never computed.

    ``target`` and ``means`` are for people; ``evidence`` names metrics that would speak against it.
    """

    target: str
    means: str
    evidence: tuple[str, ...] = Field(min_length=1)
