"""Panels of a service's requests."""

from functools import partial

from dashboards import palette
from dashboards.board import Panel, Query, Step
from dashboards.panels.shapes import graph, line, quantiles
from dashboards.queries import http as q
from slo.kit import CODE_CLASSES
from slo.model import Service
from slo.sli import HttpAvailability, HttpLatency

NO_REQUESTS = "No requests in this time range"


def red(service: Service) -> tuple[Panel, ...]:
    """Rate, errors and duration, with the objectives as lines."""
    job = service.name
    return (
        graph(
            "Requests",
            "Requests answered per second, by class of the status code.",
            "reqps",
            line(q.classes(job), "{{code_class}}"),
            no_data=NO_REQUESTS,
            colours=_classes(),
            stacked=True,
        ),
        graph(
            "Failures",
            f"Share of requests answered with 5xx{_availability(service)}.",
            "percentunit",
            line(q.failures(job), "5xx", palette.BAD),
            no_data=NO_REQUESTS,
            steps=_budgets(service),
        ),
        graph(
            "Duration",
            f"Quantiles of the duration of requests{_latency(service)}. The dots are requests whose trace is known: a click opens it.",
            "s",
            *quantiles(partial(q.duration, job), exemplars=True),
            no_data=NO_REQUESTS,
            steps=_edges(service),
        ),
        Panel(
            "heatmap",
            "Durations",
            "How many requests took how long; the dots open their traces.",
            "s",
            (Query(q.buckets(job), "{{le}}", exemplars=True),),
            12,
            9,
            NO_REQUESTS,
        ),
        graph(
            "Requests by route",
            "Requests per second of each route.",
            "reqps",
            line(q.requests(job), "{{route}}"),
            width=12,
            height=9,
            no_data=NO_REQUESTS,
        ),
        graph(
            "Slowest routes",
            "P95 of the ten slowest routes.",
            "s",
            line(q.slow_routes(job), "{{http_route}}"),
            no_data=NO_REQUESTS,
        ),
        graph(
            "Failing routes",
            "Failures per second of the routes that fail most.",
            "reqps",
            line(q.failing_routes(job), "{{route}}"),
            no_data=NO_REQUESTS,
        ),
        graph(
            "Requests in progress",
            "Saturation: requests that wait for their answer.",
            "none",
            line(q.active(job), "in progress", palette.BLUE),
        ),
    )


def _classes() -> tuple[tuple[str, str], ...]:
    return tuple(zip(CODE_CLASSES, (palette.BLUE, palette.SKY, palette.WARN, palette.BAD), strict=True))


def _budgets(service: Service) -> tuple[Step, ...]:
    budgets = [float(slo.budget) for slo in service.slos if isinstance(slo.sli, HttpAvailability)]
    return palette.above((min(budgets), palette.BAD)) if budgets else ()


def _edges(service: Service) -> tuple[Step, ...]:
    edges = service.latency_edges
    steps = tuple(zip(edges, (palette.WARN, *[palette.BAD] * len(edges)), strict=False))
    return palette.above(*steps) if steps else ()


def _availability(service: Service) -> str:
    told = [f"{slo.objective} %" for slo in service.slos if isinstance(slo.sli, HttpAvailability)]
    return f"; the line is the budget of the objective of {min(told)}" if told else ""


def _latency(service: Service) -> str:
    told = [f"{s.objective} % within {s.sli.edge} s" for s in service.slos if isinstance(s.sli, HttpLatency)]
    return f"; the lines are the objectives: {', '.join(told)}" if told else ""
