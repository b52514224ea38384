"""What the telemetry kit emits for every service, by OpenTelemetry's semantic conventions where they say it.

https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ and …/resource/#service
"""

from slo.model import Dependency, Service
from slo.signals import Counter, Event, Gauge, Histogram, Metric
from slo.sli import REQUEST_DURATION, REQUESTS

CODE_CLASSES = ("2xx", "3xx", "4xx", "5xx")
# Why a caller was turned away: what security alerts count.
DENIALS = ("missing", "malformed", "forged", "expired", "revoked", "audience", "permission")
# Edges that suit web requests, in seconds; the thresholds of a service's latency objectives join them.
EDGES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUESTS_ACTIVE = "http_server_active_requests"
CLIENT_DURATION = "http_client_request_duration_seconds"
DEPENDENCY_UP = "dependency_up"
DEGRADED = "degraded"
ACCESS_DENIED = "access_denied_total"
TARGET_INFO = "target_info"
# By prometheus_client's collector of the process, which reads them from /proc.
PROCESS_START = "process_start_time_seconds"
FILES_OPEN = "process_open_fds"
FILES_MOST = "process_max_fds"
PROCESS = (
    Gauge(name=PROCESS_START, help="When the process started."),
    Gauge(name=FILES_OPEN, help="File descriptors in use."),
    Gauge(name=FILES_MOST, help="The most file descriptors."),
    Gauge(name="process_resident_memory_bytes", help="Memory in use."),
    Gauge(name="process_virtual_memory_bytes", help="Memory that is mapped."),
    Counter(name="process_cpu_seconds_total", help="Time on processors."),
)

# Each request and each failure leaves one line.
EVENTS = (
    Event(
        name="http.request",
        fields=("http_request_method", "http_route", "http_response_status_code", "duration_ms"),
    ),
    Event(name="access.denied", fields=("reason", "permission"), level="warning"),
    Event(name="dependency.changed", fields=("dependency", "up", "reason"), level="warning"),
)
# Attributes of the spans of requests that are answered, and of those that are sent to other services.
SERVER_SPAN = ("http.request.method", "url.path", "http.route", "http.response.status_code")
CLIENT_SPAN = ("http.request.method", "peer.service", "url.path", "http.response.status_code")
# The attribute of every span that an exception ended: the exception's type.
ERROR_TYPE = "error.type"
# Attributes of whoever emits.
RESOURCE = (
    "service.name",
    "service.version",
    "service.instance.id",
    "deployment.environment.name",
    "cloud.region",
)
# Fields that every line may carry, beside those of its event: who, where, and within which trace.
LINE = (
    "timestamp",
    "level",
    "message",
    "event",
    "service",
    "version",
    "instance",
    "environment",
    "region",
    "trace_id",
    "span_id",
)


def emitted(service: Service) -> tuple[Metric, ...]:
    """Every metric of a service: the kit's, with its own edges and dependencies, and those that it declares.

    A dependency emits what its exporter says, and nothing of the kit.
    """
    if isinstance(service, Dependency):
        return service.metrics
    edges = tuple(sorted({*EDGES, *service.latency_edges}))
    needs = {"dependency": service.needs}
    return (
        Counter(name=REQUESTS, help="Requests answered.", labels={"route": (), "code_class": CODE_CLASSES}),
        Histogram(
            name=REQUEST_DURATION,
            help="Duration of requests.",
            labels={"http_request_method": (), "http_route": (), "http_response_status_code": ()},
            buckets=edges,
        ),
        Gauge(name=REQUESTS_ACTIVE, help="Requests in progress."),
        Histogram(
            name=CLIENT_DURATION,
            help="Duration of requests to other services; error_type is empty where an answer came.",
            labels={
                "peer_service": (),
                "http_request_method": (),
                "http_response_status_code": (),
                "error_type": (),
            },
            buckets=EDGES,
        ),
        Gauge(name=DEPENDENCY_UP, help="Whether a dependency answers.", labels=needs),
        Gauge(name=DEGRADED, help="Whether any dependency fails."),
        Counter(name=ACCESS_DENIED, help="Callers turned away.", labels={"reason": DENIALS}),
        Gauge(
            name=TARGET_INFO,
            help="The resource that emits.",
            labels={name.replace(".", "_"): () for name in RESOURCE},
        ),
        *PROCESS,
        *service.metrics,
    )
