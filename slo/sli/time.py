"""SLIs of time: a second is good or bad."""

from typing import Literal

from pydantic import model_validator

from slo.promql import comparison, quoted
from slo.sli.kind import Expression, Kind, Selector
from slo.source import Gauged, Sliced
from slo.units import Duration


class Uptime(Kind):
    """Time in which a 0/1 gauge says up: the target's own ``up`` unless a probe is named."""

    kind: Literal["uptime"] = "uptime"
    unit: Literal["seconds"] = "seconds"
    probe: Selector | None = None

    def source(self, job: str) -> Gauged:
        """The gauge; Prometheus writes ``up`` at every scrape, also at one that failed."""
        return Gauged(self.probe or f"up{{job={quoted(job)}}}")


class TimeSlices(Kind):
    """Minutes, each bad when the condition ``bad_when`` gives anything at its end.

    ``known`` is PromQL that gives something while the condition can be judged; for a comparison it is the left
    side, so that no data is neither good nor bad.
    """

    kind: Literal["time-slices"] = "time-slices"
    unit: Literal["seconds"] = "seconds"
    bad_when: Expression
    known: Expression | None = None

    @model_validator(mode="after")
    def _judgeable(self) -> "TimeSlices":
        self.source("")
        return self

    def source(self, job: str) -> Sliced:  # noqa: ARG002 - the condition says where it looks
        """The condition, and what it is judged on."""
        return Sliced(bad=self.bad_when, known=self.known or comparison(self.bad_when))


class Freshness(Kind):
    """Time in which a timestamp (in seconds since the epoch) is not older than a limit."""

    kind: Literal["freshness"] = "freshness"
    unit: Literal["seconds"] = "seconds"
    timestamp: Selector
    within: Duration

    def source(self, job: str) -> Sliced:  # noqa: ARG002 - the selector says where it looks
        """Bad: minutes that end with an age above the limit."""
        limit = f"{self.within.total_seconds():g}"
        return Sliced(bad=f"time() - {self.timestamp} > {limit}", known=self.timestamp)
