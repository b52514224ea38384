"""Panels of workflows: how many, how they end, how long they wait and run, and whether anybody works on them."""

from dashboards import palette
from dashboards.board import Panel, Query
from dashboards.queries import workflows as q
from slo.model import Service
from slo.sli import Latency

_ENDS = (palette.GOOD, palette.BAD, palette.ORANGE, palette.PURPLE, palette.SKY)
_NO_WORK = "No workflow ran in this time range"
_QUANTILES = (("0.5", "P50", palette.SKY), ("0.95", "P95", palette.BLUE), ("0.99", "P99", palette.PURPLE))


def flow() -> tuple[Panel, ...]:
    """Starts and ends."""
    ends = tuple(Query(q.ended(how), how, colour=c) for how, c in zip(q.ENDS, _ENDS, strict=True))
    return (
        Panel(
            "timeseries",
            "Started",
            "Workflows started per second.",
            "cps",
            (Query(q.STARTED, "started", colour=palette.BLUE),),
            no_data=_NO_WORK,
            least=0,
        ),
        Panel(
            "timeseries",
            "Ended",
            "Workflows per second by how they ended, as the server counts them; it begins a count with its first event.",
            "cps",
            ends,
            no_data=_NO_WORK,
            stacked=True,
            least=0,
        ),
        Panel(
            "timeseries",
            "Outcomes",
            "Workflows that came to their end by themselves, per second.",
            "cps",
            (Query(q.CLOSED, "{{outcome}}"),),
            no_data=_NO_WORK,
            least=0,
        ),
    )


def durations(services: tuple[Service, ...]) -> tuple[Panel, ...]:
    """How long starts and answers take, with the objectives as lines."""
    return tuple(
        Panel(
            "timeseries",
            title,
            f"{text} The lines are the objectives.",
            "s",
            tuple(Query(q.quantile(name, of), label, colour=c) for of, label, c in _QUANTILES),
            12,
            8,
            _NO_WORK,
            steps=palette.above(*[(edge, palette.BAD) for edge in _edges(name, services)]),
            least=0,
        )
        for name, title, text in (
            (
                "workflow_start_duration_seconds",
                "Time to the first step",
                "From acceptance to the first step.",
            ),
            (
                "agent_response_duration_seconds",
                "Time to the answer",
                "From acceptance to the answer, waits for people not counted.",
            ),
        )
    )


def queues() -> tuple[Panel, ...]:
    """Whether work waits, and for whom."""
    return (
        Panel(
            "timeseries",
            "Tasks waiting",
            "Approximate backlog of each task queue but Temporal's own.",
            "none",
            (Query(q.BACKLOG, "{{taskqueue}}"),),
            least=0,
        ),
        Panel(
            "timeseries",
            "Wait for a worker, P95",
            "Time from scheduling a task to its start, as the server sees it.",
            "s",
            (Query(q.quantile("task_schedule_to_start_latency", "0.95", "taskqueue"), "{{taskqueue}}"),),
            no_data=_NO_WORK,
            least=0,
        ),
        Panel(
            "timeseries",
            "Pollers",
            "Polls of workers that wait for tasks, by queue; none: nobody works on it.",
            "none",
            (Query(q.POLLERS, "{{taskqueue}}"),),
            least=0,
        ),
    )


def workers() -> tuple[Panel, ...]:
    """What the workers' SDK tells."""
    waits = (("activity", palette.BLUE), ("workflow_task", palette.ORANGE))
    return (
        Panel(
            "timeseries",
            "Free slots",
            "Tasks that the worker could take at once; 0: it is full.",
            "none",
            (Query(q.SLOTS, "{{worker_type}}"),),
            least=0,
        ),
        Panel(
            "timeseries",
            "Wait, as the worker sees it",
            "P95 from scheduling to start.",
            "s",
            tuple(
                Query(q.quantile(f"temporal_{of}_schedule_to_start_latency_seconds", "0.95"), of, colour=c)
                for of, c in waits
            ),
            no_data=_NO_WORK,
            least=0,
        ),
        Panel(
            "timeseries",
            "Failed tries of activities",
            "Tries per second that failed; Temporal tries again.",
            "cps",
            (Query(q.TRIES_FAILED, "{{activity_type}}"),),
            no_data="No try failed",
            least=0,
        ),
        Panel(
            "timeseries",
            "Steps taken back",
            "Compensations per second.",
            "cps",
            (Query(q.UNDONE, "undone", colour=palette.WARN),),
            12,
            8,
            least=0,
        ),
        Panel(
            "timeseries",
            "Polls by type",
            "Polls of the worker under way.",
            "none",
            (Query(q.SDK_POLLERS, "{{poller_type}}"),),
            12,
            8,
            least=0,
        ),
    )


def server() -> tuple[Panel, ...]:
    """Temporal's server itself."""
    return (
        Panel(
            "timeseries",
            "Requests of the server",
            "The ten busiest operations.",
            "reqps",
            (Query(q.REQUESTS, "{{operation}}"),),
            least=0,
        ),
        Panel(
            "timeseries",
            "Errors of the server",
            "Requests that failed, by type of error.",
            "reqps",
            (Query(q.ERRORS, "{{error_type}}"),),
            no_data="No request failed",
            least=0,
        ),
        Panel(
            "timeseries",
            "Latency of server and store, P95",
            "Duration of requests but those that wait for work, and of the store's operations below them.",
            "s",
            (
                Query(q.SERVER_P95, "server", colour=palette.BLUE),
                Query(q.quantile("persistence_latency", "0.95"), "store", colour=palette.ORANGE),
            ),
            least=0,
        ),
    )


def _edges(name: str, services: tuple[Service, ...]) -> list[float]:
    of = (s.sli for service in services for s in service.slos)
    return sorted(
        {float(sli.edge) for sli in of if isinstance(sli, Latency) and sli.histogram.startswith(name)}
    )
