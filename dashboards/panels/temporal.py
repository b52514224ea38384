"""Panels of those who work on workflows: the worker, and Temporal's server."""

from dashboards import palette
from dashboards.board import Panel, Query
from dashboards.panels.shapes import graph, line
from dashboards.queries import workflows as q

_NO_WORK = "No workflow ran in this time range"


def workers() -> tuple[Panel, ...]:
    """What the workers' SDK tells."""
    waits = (("activity", palette.BLUE), ("workflow_task", palette.ORANGE))
    return (
        graph(
            "Free slots",
            "Tasks that the worker could take at once; 0: it is full.",
            "none",
            line(q.SLOTS, "{{worker_type}}"),
        ),
        graph(
            "Wait, as the worker sees it",
            "P95 from scheduling to start.",
            "s",
            *tuple(
                (
                    Query(
                        q.quantile(f"temporal_{of}_schedule_to_start_latency_seconds", "0.95"), of, colour=c
                    )
                    for of, c in waits
                )
            ),
            no_data=_NO_WORK,
        ),
        graph(
            "Failed tries of activities",
            "Tries per second that failed; Temporal tries again.",
            "cps",
            line(q.TRIES_FAILED, "{{activity_type}}"),
            no_data="No try failed",
        ),
        graph(
            "Steps taken back",
            "Compensations per second.",
            "cps",
            line(q.UNDONE, "undone", palette.WARN),
            width=12,
        ),
        graph(
            "Polls by type",
            "Polls of the worker under way.",
            "none",
            line(q.SDK_POLLERS, "{{poller_type}}"),
            width=12,
        ),
    )


def server() -> tuple[Panel, ...]:
    """Temporal's server itself."""
    return (
        graph(
            "Requests of the server",
            "The ten busiest operations.",
            "reqps",
            line(q.REQUESTS, "{{operation}}"),
        ),
        graph(
            "Errors of the server",
            "Requests that failed, by type of error.",
            "reqps",
            line(q.ERRORS, "{{error_type}}"),
            no_data="No request failed",
        ),
        graph(
            "Latency of server and store, P95",
            "Duration of requests but those that wait for work, and of the store's operations below them.",
            "s",
            line(q.SERVER_P95, "server", palette.BLUE),
            line(q.quantile("persistence_latency", "0.95"), "store", palette.ORANGE),
        ),
    )
