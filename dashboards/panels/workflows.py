"""Panels of workflows: how many, how they end, how long they wait and run."""

from functools import partial

from dashboards import palette
from dashboards.board import Panel
from dashboards.panels.shapes import graph, line, quantiles
from dashboards.queries import workflows as q
from slo.model import Service
from slo.sli import Latency

_ENDS = (palette.GOOD, palette.BAD, palette.ORANGE, palette.PURPLE, palette.SKY)
_NO_WORK = "No workflow ran in this time range"


def flow() -> tuple[Panel, ...]:
    """Starts and ends."""
    ends = (line(q.ended(how), how, colour) for how, colour in zip(q.ENDS, _ENDS, strict=True))
    return (
        graph(
            "Started",
            "Workflows started per second.",
            "cps",
            line(q.STARTED, "started", palette.BLUE),
            no_data=_NO_WORK,
        ),
        graph(
            "Ended",
            "Workflows per second by how they ended, as the server counts them; it begins a count with its first event.",
            "cps",
            *ends,
            no_data=_NO_WORK,
            stacked=True,
        ),
        graph(
            "Outcomes",
            "Workflows that came to their end by themselves, per second.",
            "cps",
            line(q.CLOSED, "{{outcome}}"),
            no_data=_NO_WORK,
        ),
    )


def durations(services: tuple[Service, ...]) -> tuple[Panel, ...]:
    """How long starts and answers take, with the objectives as lines."""
    return tuple(
        graph(
            title,
            f"{text} The lines are the objectives.",
            "s",
            *quantiles(partial(q.quantile, name)),
            width=12,
            no_data=_NO_WORK,
            steps=palette.above(*[(edge, palette.BAD) for edge in _edges(name, services)]),
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
        graph(
            "Tasks waiting",
            "Approximate backlog of each task queue but Temporal's own.",
            "none",
            line(q.BACKLOG, "{{taskqueue}}"),
        ),
        graph(
            "Wait for a worker, P95",
            "Time from scheduling a task to its start, as the server sees it.",
            "s",
            line(q.quantile("task_schedule_to_start_latency", "0.95", "taskqueue"), "{{taskqueue}}"),
            no_data=_NO_WORK,
        ),
        graph(
            "Pollers",
            "Polls of workers that wait for tasks, by queue; none: nobody works on it.",
            "none",
            line(q.POLLERS, "{{taskqueue}}"),
        ),
    )


def _edges(name: str, services: tuple[Service, ...]) -> list[float]:
    of = (s.sli for service in services for s in service.slos)
    return sorted(
        {float(sli.edge) for sli in of if isinstance(sli, Latency) and sli.histogram.startswith(name)}
    )
