"""Panels of a service's logs and traces."""

from decimal import Decimal

from dashboards import palette
from dashboards.board import Panel, Query
from dashboards.panels.shapes import graph
from dashboards.queries import logs, traces
from slo.model import Service
from slo.units import number

_LEVELS = (
    ("debug", palette.GREY),
    ("info", palette.BLUE),
    ("warn", palette.WARN),
    ("warning", palette.WARN),
    ("error", palette.BAD),
    ("fatal", palette.PURPLE),
)
_USUAL = "1"


def log_panels(service: Service) -> tuple[Panel, ...]:
    """Lines, all or of one trace."""
    name = service.name
    return (
        graph(
            "Lines by level",
            "Log lines within each step of the graph.",
            "short",
            Query(logs.by_level(name), "{{detected_level}}", source="loki"),
            width=24,
            height=6,
            no_data="No lines in this time range",
            colours=_LEVELS,
            stacked=True,
        ),
        Panel(
            "logs",
            "Logs",
            "Lines of this service. Type a trace's id or words on top of the board to see only those; a line's trace_id opens its trace.",
            "none",
            (Query(logs.lines(name), source="loki"),),
            24,
            12,
            "No such lines in this time range",
        ),
    )


def trace_panels(service: Service) -> tuple[Panel, ...]:
    """Traces that failed and that were slow."""
    edge = service.latency_edges
    slow = f"{_number(edge[-1])}s" if edge else f"{_USUAL}s"
    return (
        Panel(
            "table",
            "Failed traces",
            "Traces in which a span of this service ended in an error; a click opens one.",
            "none",
            (Query(traces.failed(service.name), source="tempo"),),
            12,
            9,
            "No trace failed in this time range",
        ),
        Panel(
            "table",
            "Slow traces",
            f"Traces in which an answer took longer than {slow}, the widest of its objectives if it has any.",
            "none",
            (Query(traces.slow(service.name, slow), source="tempo"),),
            12,
            9,
            "No trace was this slow in this time range",
        ),
    )


def _number(value: float) -> str:
    return number(Decimal(str(value)))
