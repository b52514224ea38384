"""Kinds of service level indicator, each lowered to two series: bad and total per second over 5 minutes.

A request kind counts events; a time kind counts seconds (``total`` is 1, ``bad`` the failing fraction).
Absent input gives no ``total``: unknown is neither good nor bad.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict

from slo.promql import quoted, selector
from slo.units import Duration, number

REQUESTS = "http_server_requests_total"
REQUEST_DURATION = "http_server_request_duration_seconds"

Selector = Annotated[str, AfterValidator(selector)]


class Lowered(NamedTuple):
    """PromQL of bad and total per second, each over the last 5 minutes."""

    bad: str
    total: str
    fill_bad: bool  # a missing bad series means zero failures, as no failure ever made one


class _Kind(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HttpAvailability(_Kind):
    """Requests answered without a 5xx, from the request counter that the telemetry kit keeps."""

    kind: Literal["http-availability"] = "http-availability"
    unit: Literal["requests"] = "requests"

    def lower(self, job: str) -> Lowered:
        """Bad: 5xx answers; total: all answers."""
        own = f"job={quoted(job)}"
        return Lowered(
            bad=f'sum(rate({REQUESTS}{{{own},code_class="5xx"}}[5m]))',
            total=f"sum(rate({REQUESTS}{{{own}}}[5m]))",
            fill_bad=True,
        )


class Uptime(_Kind):
    """Time in which a 0/1 gauge says up: the target's own ``up`` unless a probe is named."""

    kind: Literal["uptime"] = "uptime"
    unit: Literal["seconds"] = "seconds"
    probe: Selector | None = None

    def lower(self, job: str) -> Lowered:
        """Bad: the fraction of scrapes that failed; total: 1 while anything is known."""
        gauge = self.probe or f"up{{job={quoted(job)}}}"
        return Lowered(
            bad=f"1 - avg(avg_over_time({gauge}[5m]))",
            total=f"group(last_over_time({gauge}[5m]))",
            fill_bad=False,
        )


class HttpLatency(_Kind):
    """Requests answered faster than a threshold; the threshold is a bucket edge of the histogram."""

    kind: Literal["http-latency"] = "http-latency"
    unit: Literal["requests"] = "requests"
    below: Duration

    @property
    def edge(self) -> Decimal:
        """The threshold in seconds, exactly."""
        return Decimal(self.below // timedelta(microseconds=1)) / 1_000_000

    def lower(self, job: str) -> Lowered:
        """Bad: requests at or above the edge. A missing bucket is a broken SLI, so it is not filled."""
        own = f"job={quoted(job)}"
        total = f"sum(rate({REQUEST_DURATION}_count{{{own}}}[5m]))"
        good = f"sum(rate({REQUEST_DURATION}_bucket{{{own},{_le(self.edge)}}}[5m]))"
        return Lowered(bad=f"clamp_min({total} - {good}, 0)", total=total, fill_bad=False)


class Ratio(_Kind):
    """Any two counters: bad events of total events."""

    kind: Literal["ratio"] = "ratio"
    unit: Literal["events"] = "events"
    bad: Selector
    total: Selector

    def lower(self, job: str) -> Lowered:  # noqa: ARG002 - the selectors say where they look
        """Rates of the two selectors, summed over all their series."""
        return Lowered(bad=f"sum(rate({self.bad}[5m]))", total=f"sum(rate({self.total}[5m]))", fill_bad=True)


SLI = HttpAvailability | Uptime | HttpLatency | Ratio


def _le(edge: Decimal) -> str:
    """A matcher for the bucket: Prometheus 3 writes whole numbers as ``1.0``, Prometheus 2 as ``1``."""
    text = number(edge)
    return f'le=~"{text}|{text}[.]0"' if "." not in text else f'le="{text}"'
