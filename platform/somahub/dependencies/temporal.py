"""Temporal, by its server's own metrics (1.32); durations are in seconds, and counters have no ``_total``.

A series of an outcome begins with its first event, at 1: a rate does not see that one. After a restart of the server
each begins anew.
"""

from decimal import Decimal

from slo import SLO, Counter, Dependency, Gauge, Histogram, Uptime

_EDGES = (*(m * 10**e for e in range(-3, 3) for m in (1, 2, 5)), 1000.0)
_ENDS = ("namespace", "namespace_state", "operation", "service_name", "taskqueue", "workflowType")
_REQUEST = ("namespace", "operation", "service_name")
_QUEUE = (
    "namespace",
    "namespace_state",
    "operation",
    "partition",
    "service_name",
    "task_type",
    "taskqueue",
    "worker_build_id",
    "worker_deployment_name",
    "worker_version",
)
_NONE_YET = "no workflow ended so, and the server begins a counter with its first event"


def _unknown(labels: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(labels, ())


temporal = Dependency(
    name="temporal",
    title="Temporal",
    port=7233,
    metrics_port=10025,
    owner="platform",
    tier=1,
    slos=(SLO(name="uptime", objective=Decimal("99.99"), sli=Uptime()),),
    metrics=(
        Counter(name="workflow_success", help="Workflows completed.", labels=_unknown(_ENDS)),
        Counter(name="workflow_failed", help="Workflows failed.", labels=_unknown(_ENDS), quiet=_NONE_YET),
        Counter(
            name="workflow_timeout", help="Workflows timed out.", labels=_unknown(_ENDS), quiet=_NONE_YET
        ),
        Counter(
            name="workflow_terminate", help="Workflows terminated.", labels=_unknown(_ENDS), quiet=_NONE_YET
        ),
        Counter(name="workflow_cancel", help="Workflows canceled.", labels=_unknown(_ENDS), quiet=_NONE_YET),
        Gauge(
            name="approximate_backlog_count",
            help="Tasks that wait for a worker.",
            labels=_unknown((*_QUEUE, "task_priority")),
            quiet="the server writes it late: once a queue that was behind is unloaded",
        ),
        Histogram(
            name="task_schedule_to_start_latency",
            help="Time in which tasks waited for a worker, in seconds.",
            labels=_unknown(
                ("namespace", "operation", "partition", "service_name", "task_type", "taskqueue")
            ),
            buckets=_EDGES,
        ),
        Gauge(name="pending_polls", help="Polls of workers that wait.", labels=_unknown(_QUEUE)),
        Counter(name="service_requests", help="Requests.", labels=_unknown(_REQUEST)),
        Counter(
            name="service_error_with_type",
            help="Requests that failed.",
            labels=_unknown((*_REQUEST, "error_type")),
            quiet=_NONE_YET,
        ),
        Histogram(
            name="service_latency",
            help="Duration of requests, in seconds.",
            labels=_unknown(_REQUEST),
            buckets=_EDGES,
        ),
        Histogram(
            name="persistence_latency",
            help="Duration of the store's operations, in seconds.",
            labels=_unknown(_REQUEST),
            buckets=_EDGES,
        ),
    ),
)
