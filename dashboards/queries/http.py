"""Of what the telemetry kit emits for every service: rate, errors and duration of requests, and dependencies.

Source: Tom Wilkie, "The RED Method", 2018; OpenTelemetry's semantic conventions of HTTP metrics.
"""

from dashboards.queries.zero import none
from slo.kit import ACCESS_DENIED, CLIENT_DURATION, DEGRADED, DEPENDENCY_UP, REQUESTS_ACTIVE, TARGET_INFO
from slo.promql import quoted
from slo.sli import REQUEST_DURATION, REQUESTS

RATE = "$__rate_interval"


def _job(job: str, more: str = "") -> str:
    return f"{{job={quoted(job)}{more}}}"


def requests(job: str) -> str:
    """Requests per second by route."""
    return f"sum by (route) (rate({REQUESTS}{_job(job)}[{RATE}]))"


def classes(job: str) -> str:
    """Requests per second by class of their code."""
    return f"sum by (code_class) (rate({REQUESTS}{_job(job)}[{RATE}]))"


def failures(job: str) -> str:
    """Share of requests that the service failed to answer."""
    bad = _job(job, ',code_class="5xx"')
    return f"sum(rate({REQUESTS}{bad}[{RATE}])) / (sum(rate({REQUESTS}{_job(job)}[{RATE}])) > 0)"


def failing_routes(job: str) -> str:
    """The routes with most failures per second."""
    bad = _job(job, ',code_class="5xx"')
    return f"topk(10, sum by (route) (rate({REQUESTS}{bad}[{RATE}])) > 0) or {none('route')}"


def duration(job: str, quantile: str) -> str:
    """A quantile of the duration of requests, in seconds."""
    return f"histogram_quantile({quantile}, sum by (le) (rate({REQUEST_DURATION}_bucket{_job(job)}[{RATE}])))"


def slow_routes(job: str) -> str:
    """The slowest routes by their P95, in seconds."""
    rate = f"rate({REQUEST_DURATION}_bucket{_job(job)}[{RATE}])"
    return f"topk(10, histogram_quantile(0.95, sum by (le, http_route) ({rate})) > 0)"


def buckets(job: str) -> str:
    """Requests by bucket of their duration."""
    return f"sum by (le) (increase({REQUEST_DURATION}_bucket{_job(job)}[{RATE}]))"


def active(job: str) -> str:
    """Requests in progress."""
    return f"sum({REQUESTS_ACTIVE}{_job(job)})"


def denied(job: str) -> str:
    """Callers turned away per second, by reason."""
    return f"sum by (reason) (rate({ACCESS_DENIED}{_job(job)}[{RATE}]))"


def reached(job: str) -> str:
    """Whether each dependency answers the service."""
    return f"min by (dependency) ({DEPENDENCY_UP}{_job(job)})"


def degraded(job: str) -> str:
    """Whether any instance works without a dependency."""
    return f"max({DEGRADED}{_job(job)})"


def up(job: str) -> str:
    """Whether any instance of the service answers its scrape."""
    return f"max by (job) (up{_job(job)})"


def peer_duration(job: str) -> str:
    """P95 of requests to other services, in seconds."""
    rate = f"rate({CLIENT_DURATION}_bucket{_job(job)}[{RATE}])"
    return f"histogram_quantile(0.95, sum by (le, peer_service) ({rate}))"


def peer_failures(job: str) -> str:
    """Share of requests to other services that failed."""
    bad = _job(job, ',http_response_status_code=~"5..|"')
    total = f"sum by (peer_service) (rate({CLIENT_DURATION}_count{_job(job)}[{RATE}]))"
    failed = f"sum by (peer_service) (rate({CLIENT_DURATION}_count{bad}[{RATE}]))"
    # A peer that never failed has no series of failures.
    return f"({failed} or 0 * {total}) / ({total} > 0)"


def deploys(job: str) -> str:
    """Has a value where a version runs that did not 5 minutes before."""
    now = f"count by (service_version) ({TARGET_INFO}{_job(job)})"
    before = f"count by (service_version) ({TARGET_INFO}{_job(job)} offset 5m)"
    return f"{now} unless on (service_version) {before}"


ALL_REQUESTS = f"sum by (job) (rate({REQUESTS}[{RATE}]))"
ALL_FAILURES = f'sum by (job) (rate({REQUESTS}{{code_class="5xx"}}[{RATE}])) / (sum by (job) (rate({REQUESTS}[{RATE}])) > 0)'
ALL_DURATIONS = f"histogram_quantile(0.95, sum by (job, le) (rate({REQUEST_DURATION}_bucket[{RATE}])))"
ALL_ACTIVE = f"sum by (job) ({REQUESTS_ACTIVE})"
ALL_UP = "max by (job) (up)"
ALL_REACHED = f"min by (job, dependency) ({DEPENDENCY_UP})"
ALL_DEGRADED = f"sum(max by (job) ({DEGRADED}))"
DOWN_COUNT = "count(max by (job) (up) == 0) or vector(0)"
CUT_COUNT = f"count(min by (job, dependency) ({DEPENDENCY_UP}) == 0) or vector(0)"
