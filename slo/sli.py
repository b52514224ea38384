"""Kinds of service level indicator: what each one reads.

A request kind counts events; a time kind counts seconds.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from slo.promql import quoted, selector
from slo.source import Counted, Gauged
from slo.units import Duration, number

REQUESTS = "http_server_requests_total"
REQUEST_DURATION = "http_server_request_duration_seconds"

Selector = Annotated[str, AfterValidator(selector)]


class _Kind(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HttpAvailability(_Kind):
    """Requests answered without a 5xx, from the request counter that the telemetry kit keeps."""

    kind: Literal["http-availability"] = "http-availability"
    unit: Literal["requests"] = "requests"

    def source(self, job: str) -> Counted:
        """Bad: 5xx answers; total: all answers."""
        own = f"job={quoted(job)}"
        return Counted(total=f"{REQUESTS}{{{own}}}", bad=f'{REQUESTS}{{{own},code_class="5xx"}}')


class Uptime(_Kind):
    """Time in which a 0/1 gauge says up: the target's own ``up`` unless a probe is named."""

    kind: Literal["uptime"] = "uptime"
    unit: Literal["seconds"] = "seconds"
    probe: Selector | None = None

    def source(self, job: str) -> Gauged:
        """The gauge; Prometheus writes ``up`` at every scrape, also at one that failed."""
        return Gauged(self.probe or f"up{{job={quoted(job)}}}")


class HttpLatency(_Kind):
    """Requests answered faster than a threshold; the threshold is a bucket edge of the histogram."""

    kind: Literal["http-latency"] = "http-latency"
    unit: Literal["requests"] = "requests"
    below: Duration

    @property
    def edge(self) -> Decimal:
        """The threshold in seconds, exactly."""
        return Decimal(self.below // timedelta(microseconds=1)) / 1_000_000

    def source(self, job: str) -> Counted:
        """Good: requests in the bucket; total: all requests."""
        own = f"job={quoted(job)}"
        return Counted(
            total=f"{REQUEST_DURATION}_count{{{own}}}",
            good=f"{REQUEST_DURATION}_bucket{{{own},{_le(self.edge)}}}",
        )


class Ratio(_Kind):
    """Any two counters: bad events of total events."""

    kind: Literal["ratio"] = "ratio"
    unit: Literal["events"] = "events"
    bad: Selector
    total: Selector

    def source(self, job: str) -> Counted:  # noqa: ARG002 - the selectors say where they look
        """The two selectors."""
        return Counted(total=self.total, bad=self.bad)


SLI = HttpAvailability | Uptime | HttpLatency | Ratio


def _le(edge: Decimal) -> str:
    """A matcher for the bucket: Prometheus 3 writes whole numbers as ``1.0``, Prometheus 2 as ``1``."""
    text = number(edge)
    return f'le=~"{text}|{text}[.]0"' if "." not in text else f'le="{text}"'
