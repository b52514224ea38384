"""Of Temporal: its server's own metrics, and those of its SDK in a worker. Durations are in seconds.

Source: Temporal, "Cluster metrics" and "SDK metrics" references. The server begins a counter with its first event.
"""

from dashboards.queries.zero import none

RATE = "$__rate_interval"
# Temporal's own queues tell nothing of ours, and calls that wait for work take as long as there is none.
_QUEUES = 'taskqueue!~"temporal_sys_.*"'
_ANSWERS = 'operation!~"Poll.*|ListNexusEndpoints|GetTaskQueueUserData"'
ENDS = ("success", "failed", "timeout", "terminate", "cancel")

STARTED = f"sum(rate(orchestrator_workflows_started_total[{RATE}]))"
CLOSED = f"sum by (outcome) (rate(orchestrator_workflows_closed_total[{RATE}]))"
UNDONE = f"sum(rate(orchestrator_steps_undone_total[{RATE}]))"
BACKLOG = f"sum by (taskqueue) (approximate_backlog_count{{{_QUEUES}}})"
POLLERS = f"sum by (taskqueue) (pending_polls{{{_QUEUES}}})"
REQUESTS = f"topk(10, sum by (operation) (rate(service_requests[{RATE}])))"
ERRORS = f"topk(10, sum by (error_type) (rate(service_error_with_type[{RATE}])) > 0) or {none('error_type')}"
SLOTS = "sum by (worker_type) (temporal_worker_task_slots_available)"
SDK_POLLERS = "sum by (poller_type) (temporal_num_pollers)"
TRIES_FAILED = f"sum by (activity_type) (rate(temporal_activity_execution_failed_total[{RATE}])) or {none('activity_type')}"
SERVER_P95 = f"histogram_quantile(0.95, sum by (le) (rate(service_latency_bucket{{{_ANSWERS}}}[{RATE}])))"


def ended(how: str) -> str:
    """Workflows per second that ended so, as the server counts them."""
    return f"sum(rate(workflow_{how}[{RATE}])) or vector(0)"


def quantile(histogram: str, which: str, by: str = "") -> str:
    """A quantile of a histogram of Temporal's or the orchestrator's."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({which}, sum by ({labels}) (rate({histogram}_bucket[{RATE}])))"
