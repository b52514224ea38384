"""Panels of a service's requests and of what it depends on."""

from dashboards import links, palette
from dashboards.board import Panel, Query, Step
from dashboards.queries import http as q
from slo.kit import CODE_CLASSES, DENIALS
from slo.model import Service
from slo.sli import HttpAvailability, HttpLatency

_NO_REQUESTS = "No requests in this time range"


def red(service: Service) -> tuple[Panel, ...]:
    """Rate, errors and duration, with the objectives as lines."""
    job = service.name
    return (
        Panel(
            "timeseries",
            "Requests",
            "Requests answered per second, by class of the status code.",
            "reqps",
            (Query(q.classes(job), "{{code_class}}"),),
            no_data=_NO_REQUESTS,
            colours=_classes(),
            stacked=True,
            least=0,
        ),
        Panel(
            "timeseries",
            "Failures",
            f"Share of requests answered with 5xx{_availability(service)}.",
            "percentunit",
            (Query(q.failures(job), "5xx", colour=palette.BAD),),
            no_data=_NO_REQUESTS,
            steps=_budgets(service),
            least=0,
        ),
        Panel(
            "timeseries",
            "Duration",
            f"Quantiles of the duration of requests{_latency(service)}. The dots are requests whose trace is known: a click opens it.",
            "s",
            tuple(
                Query(q.duration(job, quantile), name, exemplars=name == "P99", colour=colour)
                for quantile, name, colour in (
                    ("0.5", "P50", palette.SKY),
                    ("0.95", "P95", palette.BLUE),
                    ("0.99", "P99", palette.PURPLE),
                )
            ),
            no_data=_NO_REQUESTS,
            steps=_edges(service),
            least=0,
        ),
        Panel(
            "heatmap",
            "Durations",
            "How many requests took how long; the dots open their traces.",
            "s",
            (Query(q.buckets(job), "{{le}}", exemplars=True),),
            12,
            9,
            _NO_REQUESTS,
        ),
        Panel(
            "timeseries",
            "Requests by route",
            "Requests per second of each route.",
            "reqps",
            (Query(q.requests(job), "{{route}}"),),
            12,
            9,
            _NO_REQUESTS,
            least=0,
        ),
        Panel(
            "timeseries",
            "Slowest routes",
            "P95 of the ten slowest routes.",
            "s",
            (Query(q.slow_routes(job), "{{http_route}}"),),
            no_data=_NO_REQUESTS,
            least=0,
        ),
        Panel(
            "timeseries",
            "Failing routes",
            "Failures per second of the routes that fail most.",
            "reqps",
            (Query(q.failing_routes(job), "{{route}}"),),
            no_data=_NO_REQUESTS,
            least=0,
        ),
        Panel(
            "timeseries",
            "Requests in progress",
            "Saturation: requests that wait for their answer.",
            "none",
            (Query(q.active(job), "in progress", colour=palette.BLUE),),
            least=0,
        ),
    )


def dependencies(service: Service, *, calls: bool) -> tuple[Panel, ...]:
    """What the service needs, as it sees it; ``calls``: it calls other services of ours."""
    reached = _reached(service.name) if service.needs else ()
    return (*reached, *(_calls(service.name) if calls else ()), _denied(service.name))


def _reached(job: str) -> tuple[Panel, ...]:
    return (
        Panel(
            "state-timeline",
            "Dependencies",
            "Whether each dependency answers this service.",
            "none",
            (Query(q.reached(job), "{{dependency}}"),),
            no_data="No samples: the service is down",
            states=palette.UP_DOWN,
            links=(links.to_service("dependency"),),
        ),
        Panel(
            "state-timeline",
            "Degraded",
            "Whether an instance works without one of its dependencies.",
            "none",
            (Query(q.degraded(job), "degraded"),),
            states=palette.YES_NO,
        ),
    )


def _calls(job: str) -> tuple[Panel, ...]:
    return (
        Panel(
            "timeseries",
            "Duration of calls",
            "P95 of requests to other services.",
            "s",
            (Query(q.peer_duration(job), "{{peer_service}}"),),
            no_data="No calls of other services in this time range",
            least=0,
        ),
        Panel(
            "timeseries",
            "Failed calls",
            "Share of requests to other services that got no answer or a 5xx.",
            "percentunit",
            (Query(q.peer_failures(job), "{{peer_service}}"),),
            no_data="No calls of other services in this time range",
            least=0,
        ),
    )


def _denied(job: str) -> Panel:
    return Panel(
        "timeseries",
        "Callers turned away",
        "Requests refused per second, by why: what security alerts count.",
        "reqps",
        (Query(q.denied(job), "{{reason}}"),),
        colours=palette.colours(DENIALS),
        least=0,
    )


def all_services() -> tuple[Panel, ...]:
    """Traffic, failures, duration and saturation of all services beside each other."""
    to = (links.to_service("job"),)
    return (
        Panel(
            "timeseries",
            "Traffic",
            "Requests per second by service.",
            "reqps",
            (Query(q.ALL_REQUESTS, "{{job}}"),),
            12,
            9,
            _NO_REQUESTS,
            links=to,
            least=0,
        ),
        Panel(
            "timeseries",
            "Failures",
            "Share of requests answered with 5xx, by service.",
            "percentunit",
            (Query(q.ALL_FAILURES, "{{job}}"),),
            12,
            9,
            "No service has failed since it started",
            links=to,
            least=0,
        ),
        Panel(
            "timeseries",
            "Duration, P95",
            "P95 of the duration of requests by service.",
            "s",
            (Query(q.ALL_DURATIONS, "{{job}}"),),
            12,
            9,
            _NO_REQUESTS,
            links=to,
            least=0,
        ),
        Panel(
            "timeseries",
            "Requests in progress",
            "Saturation: requests that wait for their answer, by service.",
            "none",
            (Query(q.ALL_ACTIVE, "{{job}}"),),
            12,
            9,
            links=to,
            least=0,
        ),
    )


def states() -> tuple[Panel, ...]:
    """Which services answer, and which of them reach what they need: the map of the platform over time."""
    return (
        Panel(
            "state-timeline",
            "Services and exporters",
            "Whether each target answers its scrape.",
            "none",
            (Query(q.ALL_UP, "{{job}}"),),
            12,
            14,
            "No target is scraped",
            states=palette.UP_DOWN,
            links=(links.to_service("job"),),
        ),
        Panel(
            "state-timeline",
            "Who reaches what",
            "Whether each service reaches each of its dependencies, as the service itself sees it.",
            "none",
            (Query(q.ALL_REACHED, "{{job}} → {{dependency}}"),),
            12,
            14,
            "No service declares a dependency",
            states=palette.UP_DOWN,
            links=(links.to_service("job"),),
        ),
    )


def figures() -> tuple[Panel, ...]:
    """Now, in figures."""
    told = (
        ("Targets down", q.DOWN_COUNT, "Services and exporters that don't answer their scrape."),
        ("Dependencies cut off", q.CUT_COUNT, "Pairs of a service and a dependency that it doesn't reach."),
        ("Services degraded", q.ALL_DEGRADED, "Services that work without one of their dependencies."),
    )
    return tuple(
        Panel(
            "stat", title, text, "none", (Query(query, title),), 6, 4, steps=palette.above((1, palette.BAD))
        )
        for title, query, text in told
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
