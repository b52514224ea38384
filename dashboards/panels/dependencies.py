"""Panels of what a service depends on, and of whom it turns away."""

from dashboards import links, palette
from dashboards.board import Panel
from dashboards.panels.shapes import graph, line, timeline
from dashboards.queries import http as q
from slo.kit import DENIALS
from slo.model import Service


def dependencies(service: Service, *, calls: bool) -> tuple[Panel, ...]:
    """What the service needs, as it sees it; ``calls``: it calls other services of ours."""
    reached = _reached(service.name) if service.needs else ()
    return (*reached, *(_calls(service.name) if calls else ()), _denied(service.name))


def _reached(job: str) -> tuple[Panel, ...]:
    return (
        timeline(
            "Dependencies",
            "Whether each dependency answers this service.",
            q.reached(job),
            "{{dependency}}",
            palette.UP_DOWN,
            no_data="No samples: the service is down",
            links=(links.to_service("dependency"),),
        ),
        timeline(
            "Degraded",
            "Whether an instance works without one of its dependencies.",
            q.degraded(job),
            "degraded",
            palette.YES_NO,
        ),
    )


def _calls(job: str) -> tuple[Panel, ...]:
    return (
        graph(
            "Duration of calls",
            "P95 of requests to other services.",
            "s",
            line(q.peer_duration(job), "{{peer_service}}"),
            no_data="No calls of other services in this time range",
        ),
        graph(
            "Failed calls",
            "Share of requests to other services that got no answer or a 5xx.",
            "percentunit",
            line(q.peer_failures(job), "{{peer_service}}"),
            no_data="No calls of other services in this time range",
        ),
    )


def _denied(job: str) -> Panel:
    return graph(
        "Callers turned away",
        "Requests refused per second, by why: what security alerts count.",
        "reqps",
        line(q.denied(job), "{{reason}}"),
        colours=palette.colours(DENIALS),
    )
