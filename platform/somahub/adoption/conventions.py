"""How widely used programs and libraries name what they count: tables that ``slo init`` goes by.

Sources: the metric references of gRPC's go-grpc-middleware, Istio, Traefik, ingress-nginx, Envoy, HAProxy, Kubernetes,
Spring Boot (Micrometer), OpenTelemetry's HTTP semantic conventions, and Temporal's SDKs.
"""

import re
from typing import NamedTuple


class Outcome(NamedTuple):
    """Counters whose label tells a failed event from a good one; ``service`` is the label that names who answers."""

    metric: str
    label: str
    bad: str
    service: str = "job"
    only: str = ""
    unit: str = "requests"


class Pair(NamedTuple):
    """A counter of all events, and another of the failed ones."""

    total: str
    bad: str
    unit: str = "requests"


# One failure is counted by both ends of a call in Istio, and by each layer in Traefik: one of them counts.
_KNOWN = (
    Outcome(
        "grpc_server_handled_total",
        "grpc_code",
        "Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss",
    ),
    Outcome(
        "istio_requests_total", "response_code", "5..|0", "destination_service_name", 'reporter="destination"'
    ),
    Outcome("traefik_service_requests_total", "code", "5..", "service"),
    Outcome("nginx_ingress_controller_requests", "status", "5..", "ingress"),
    Outcome("envoy_cluster_upstream_rq_xx", "envoy_response_code_class", "5", "envoy_cluster_name"),
    Outcome("envoy_cluster_upstream_rq", "envoy_response_code", "5..", "envoy_cluster_name"),
    Outcome("haproxy_backend_http_responses_total", "code", "5xx", "proxy"),
    Outcome("http_server_requests_seconds_count", "outcome", "SERVER_ERROR"),
)
# Labels of a status by any metric that counts requests, and of an outcome by any counter.
_STATUS = (
    "code",
    "status",
    "status_code",
    "code_class",
    "http_response_status_code",
    "http_status_code",
    "response_code",
)
_WORDS = ("outcome", "result", "status", "state")
REQUESTS = re.compile(r".*(request|http|rpc).*(_total|_count)")
_COUNTER = re.compile(r".*(_total|_count)")
_FAILED = "error|errors|failed|failure|fail|timeout"
_GENERIC = (
    *((REQUESTS, Outcome("", label, "5..")) for label in _STATUS),
    *((_COUNTER, Outcome("", label, _FAILED, unit="events")) for label in _WORDS),
)
PAIRS = (
    Pair("temporal_request_total", "temporal_request_failure_total"),
    Pair("service_requests", "service_errors"),
    Pair("redis_commands_total", "redis_commands_failed_calls_total", "commands"),
)
# Histograms of the programs whose label of a service is another.
_SERVICE_OF = {
    "istio_": "destination_service_name",
    "traefik_service_": "service",
    "nginx_ingress_": "ingress",
    "envoy_cluster_": "envoy_cluster_name",
    "haproxy_backend_": "proxy",
}
# Who asks does not promise: the one that answers does. A monitoring system's own workings are nobody's service.
ASIDE = re.compile(
    r"(prometheus|promhttp|alertmanager|grafana|net_conntrack|go|python|process|scrape)_.*|.*_client_.*"
)
DURATION = re.compile(r"(.*(duration|latency|handling|elapsed|response_time|requests_seconds|wait).*)_bucket")
SUCCESS_TIME = re.compile(
    r".*last_(success|successful|completed)(_\w+)?_timestamp(_seconds)?|.*last_success_time_seconds"
)
LABELS = tuple(dict.fromkeys((*(o.label for o in _KNOWN), *_STATUS, *_WORDS)))
SERVICES = tuple(dict.fromkeys(o.service for o in _KNOWN))


def outcomes(metric: str) -> list[Outcome]:
    """The conventions that may hold for a metric, the most certain first."""
    known = [one for one in _KNOWN if one.metric == metric]
    return known or [one._replace(metric=metric) for pattern, one in _GENERIC if pattern.fullmatch(metric)]


def service_label(histogram: str) -> str:
    """The label that names the service of a histogram."""
    return next((label for prefix, label in _SERVICE_OF.items() if histogram.startswith(prefix)), "job")
