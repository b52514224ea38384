"""Panels of what on-call people bear."""

from dashboards import links, palette
from dashboards.board import Panel, Query
from dashboards.panels.shapes import bars, figure, graph, line
from dashboards.queries import oncall

_CALM = "No alert fired in this time range"
_LISTED = (
    ("alertname", "Alert"),
    ("slo_service", "Service"),
    ("severity", "Severity"),
    ("priority", "Priority"),
)
_HOUR = 3600


def pages() -> Panel:
    """How many pages fire."""
    return figure(
        "Pages firing",
        "Alerts that page somebody now.",
        "none",
        line(oncall.PAGES_NOW, "pages"),
        width=6,
        no_data=_CALM,
        steps=palette.above((1, palette.BAD)),
    )


def load() -> tuple[Panel, ...]:
    """What fires now, and what fires often."""
    return (
        pages(),
        figure(
            "Tickets firing",
            "Alerts that are worth a ticket now.",
            "none",
            line(oncall.TICKETS_NOW, "tickets"),
            width=6,
            no_data=_CALM,
            steps=palette.above((1, palette.WARN)),
        ),
        bars(
            "Time with a page firing, last day",
            "By service; several pages at once count several times.",
            "s",
            oncall.PAGES_BY_SERVICE,
            "{{slo_service}}",
            width=12,
            no_data="Nothing paged in the last day",
            steps=palette.above((_HOUR, palette.WARN), (4 * _HOUR, palette.BAD)),
            links=(links.to_service("slo_service"),),
        ),
        graph(
            "Firing",
            "Alerts that fire, by severity.",
            "none",
            line(oncall.FIRING, "{{severity}}"),
            width=12,
            height=9,
            no_data=_CALM,
            colours=(("page", palette.BAD), ("ticket", palette.WARN)),
        ),
        bars(
            "Most often, 7 days",
            "How often each alert began within a week: the loudest deserve a better objective, a fix or the bin.",
            "none",
            oncall.TIMES,
            "{{alertname}} {{slo_service}}",
            width=12,
            height=9,
            no_data="No alert began within a week",
        ),
        Panel(
            "table",
            "Firing now",
            "Alerts that fire, with their priority.",
            "none",
            (Query(oncall.FIRING_LIST, instant=True, column="Firing", unit="none"),),
            24,
            8,
            "Nothing fires",
            labels=_LISTED,
            sort="Priority",
            links=(links.to_service("slo_service", "Service"),),
        ),
    )
