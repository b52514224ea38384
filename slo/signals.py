"""Signals that a service declares: it can emit these and no others."""

from pydantic import BaseModel, ConfigDict, Field


class _Signal(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str


class Metric(_Signal):
    """A metric; ``labels`` maps each label to its known values (none: not known beforehand)."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    help: str
    labels: dict[str, tuple[str, ...]] = {}


class Counter(Metric):
    """A count that only grows. Where every label's values are known, each series starts at 0."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*_total$")


class Histogram(Metric):
    """A distribution with bucket edges in the metric's unit."""

    buckets: tuple[float, ...] = Field(min_length=1)


class Event(_Signal):
    """A structured log line of a fixed set of fields."""

    fields: tuple[str, ...] = ()


class Span(_Signal):
    """A named part of a trace, below the request's own span."""
