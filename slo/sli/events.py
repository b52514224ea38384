"""SLIs of events that anything may count."""

from typing import Literal

from pydantic import model_validator

from slo.sli.kind import Events, Kind, Query
from slo.source import Counted, Rated


class Ratio(Kind):
    """Bad or good events of total events.

    Each is the selector of a counter (``orders_total{state="failed"}``), or PromQL of a rate that marks its
    range: ``sum(rate(orders_total[{{.window}}]))``.
    """

    kind: Literal["ratio"] = "ratio"
    unit: Literal["events"] = "events"
    total: Events
    bad: Events | None = None
    good: Events | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "Ratio":
        if (self.bad is None) == (self.good is None):
            raise ValueError("expected either bad or good, and not both")
        return self

    def source(self, job: str) -> Counted:  # noqa: ARG002 - the selectors say where they look
        """What the fields name."""
        return Counted(total=self.total, bad=self.bad or "", good=self.good or "")


class ErrorRatio(Kind):
    """PromQL that gives the error ratio itself, from 0 to 1; how many events there were is not known."""

    kind: Literal["error-ratio"] = "error-ratio"
    unit: Literal["seconds"] = "seconds"
    query: Query

    def source(self, job: str) -> Rated:  # noqa: ARG002 - the query says where it looks
        """The query."""
        return Rated(self.query)
