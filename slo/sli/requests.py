"""SLIs of requests: answered well, and answered in time."""

from datetime import timedelta
from decimal import Decimal
from typing import Literal

from slo.promql import quoted
from slo.sli.kind import Kind, Selector
from slo.source import Counted, Measured
from slo.units import Duration, number

REQUESTS = "http_server_requests_total"
REQUEST_DURATION = "http_server_request_duration_seconds"


class HttpAvailability(Kind):
    """Requests answered without a 5xx, from the request counter that the telemetry kit keeps."""

    kind: Literal["http-availability"] = "http-availability"
    unit: Literal["requests"] = "requests"

    def source(self, job: str) -> Counted:
        """Bad: 5xx answers; total: all answers."""
        own = f"job={quoted(job)}"
        return Counted(total=f"{REQUESTS}{{{own}}}", bad=f'{REQUESTS}{{{own},code_class="5xx"}}')


class _Latency(Kind):
    unit: Literal["requests"] = "requests"
    below: Duration

    @property
    def edge(self) -> Decimal:
        """The threshold in seconds, exactly; of a classic histogram, it is a bucket edge."""
        return Decimal(self.below // timedelta(microseconds=1)) / 1_000_000

    def _source(self, histogram: str, matchers: str) -> Counted:
        """Good: observations in the bucket; total: all of them. Both series begin together."""
        inner = f"{matchers}," if matchers else ""
        return Counted(
            total=f"{histogram}_count{{{matchers}}}" if matchers else f"{histogram}_count",
            good=f"{histogram}_bucket{{{inner}{_le(self.edge)}}}",
            strict=True,
        )


class HttpLatency(_Latency):
    """Requests answered faster than a threshold, from the telemetry kit's histogram."""

    kind: Literal["http-latency"] = "http-latency"

    def source(self, job: str) -> Counted:
        """The service's own histogram."""
        return self._source(REQUEST_DURATION, f"job={quoted(job)}")


class Latency(_Latency):
    """Observations of any classic histogram below a threshold.

    ``histogram`` selects it by its base name: ``rpc_duration_seconds{job="shop"}``, without ``_bucket``.
    """

    kind: Literal["latency"] = "latency"
    histogram: Selector

    def source(self, job: str) -> Counted:  # noqa: ARG002 - the selector says where it looks
        """The histogram that the selector names."""
        name, _, matchers = self.histogram.partition("{")
        return self._source(name.strip(), matchers.rstrip("} ,"))


class NativeLatency(_Latency):
    """Observations of any native histogram below a threshold; needs Prometheus 3.

    ``histogram`` selects it by its name: ``rpc_duration_seconds{job="shop"}``. A threshold between two bucket
    edges is interpolated, as ``histogram_fraction`` does. Prometheus keeps native histograms where a scrape says
    ``scrape_native_histograms: true``.
    """

    kind: Literal["native-latency"] = "native-latency"
    histogram: Selector

    def source(self, job: str) -> Measured:  # noqa: ARG002 - the selector says where it looks
        """The histogram that the selector names."""
        return Measured(self.histogram, self.edge)


def _le(edge: Decimal) -> str:
    """A matcher for the bucket: Prometheus 3 writes whole numbers as ``1.0``, Prometheus 2 as ``1``."""
    text = number(edge)
    return f'le=~"{text}|{text}[.]0"' if "." not in text else f'le="{text}"'
