"""Panels of all services beside each other."""

from dashboards import links, palette
from dashboards.board import Panel
from dashboards.panels.requests import NO_REQUESTS
from dashboards.panels.shapes import figure, graph, line, timeline
from dashboards.queries import http as q


def figures() -> tuple[Panel, ...]:
    """Now, in figures."""
    told = (
        ("Targets down", q.DOWN_COUNT, "Services and exporters that don't answer their scrape."),
        ("Dependencies cut off", q.CUT_COUNT, "Pairs of a service and a dependency that it doesn't reach."),
        ("Services degraded", q.ALL_DEGRADED, "Services that work without one of their dependencies."),
    )
    return tuple(
        figure(title, text, "none", line(query, title), width=6, steps=palette.above((1, palette.BAD)))
        for title, query, text in told
    )


def states() -> tuple[Panel, ...]:
    """Which services answer, and which of them reach what they need: the map of the platform over time."""
    return (
        timeline(
            "Services and exporters",
            "Whether each target answers its scrape.",
            q.ALL_UP,
            "{{job}}",
            palette.UP_DOWN,
            width=12,
            height=14,
            no_data="No target is scraped",
            links=(links.to_service("job"),),
        ),
        timeline(
            "Who reaches what",
            "Whether each service reaches each of its dependencies, as the service itself sees it.",
            q.ALL_REACHED,
            "{{job}} → {{dependency}}",
            palette.UP_DOWN,
            width=12,
            height=14,
            no_data="No service declares a dependency",
            links=(links.to_service("job"),),
        ),
    )


def all_services() -> tuple[Panel, ...]:
    """Traffic, failures, duration and saturation of all services beside each other."""
    to = (links.to_service("job"),)
    return (
        graph(
            "Traffic",
            "Requests per second by service.",
            "reqps",
            line(q.ALL_REQUESTS, "{{job}}"),
            width=12,
            height=9,
            no_data=NO_REQUESTS,
            links=to,
        ),
        graph(
            "Failures",
            "Share of requests answered with 5xx, by service.",
            "percentunit",
            line(q.ALL_FAILURES, "{{job}}"),
            width=12,
            height=9,
            no_data="No service has failed since it started",
            links=to,
        ),
        graph(
            "Duration, P95",
            "P95 of the duration of requests by service.",
            "s",
            line(q.ALL_DURATIONS, "{{job}}"),
            width=12,
            height=9,
            no_data=NO_REQUESTS,
            links=to,
        ),
        graph(
            "Requests in progress",
            "Saturation: requests that wait for their answer, by service.",
            "none",
            line(q.ALL_ACTIVE, "{{job}}"),
            width=12,
            height=9,
            links=to,
        ),
    )
