"""Panels of the SLOs of one service."""

from dashboards import links, palette
from dashboards.board import Panel, Step
from dashboards.panels.shapes import bars, figure, graph, line
from dashboards.panels.slo_words import QUIET
from dashboards.queries import slo as q
from slo import names
from slo.model import SLO, Service
from slo.sli import Uptime
from slo.units import number
from slo.window import phrase


def of_service(service: Service) -> tuple[Panel, ...]:
    """The objectives of one service: budgets, burn rates and what fires."""
    absent = _absent(service)
    told = ", ".join(f"{one.name} {number(one.objective)} % in {phrase(one.window)}" for one in service.slos)
    return (
        bars(
            "Budget left",
            f"Share of each error budget that is left. Objectives: {told}.",
            "percentunit",
            q.least_of_service(names.PERIOD_REMAINING, service.name),
            "{{slo_name}}",
            no_data=absent or "No period has been evaluated yet: its rules run every 5 minutes",
            steps=palette.BUDGET,
            links=(links.to_slo(),),
            most=1,
            unproven=bool(absent),
        ),
        graph(
            "Burn rate",
            "How many times too fast each budget goes, over 5 minutes; the lines are 1 and the first page.",
            "none",
            line(q.of_service(names.CURRENT_BURN_RATE, service.name), "{{slo_name}}"),
            no_data=absent or QUIET,
            steps=_first_page(service.slos),
            links=(links.to_slo(),),
            unproven=bool(absent),
        ),
        figure(
            "Alerts firing",
            "Alerts of this service that fire now; On-call health lists them.",
            "none",
            line(q.firing_of_service(service.name, "page"), "pages"),
            line(q.firing_of_service(service.name, "ticket"), "tickets"),
            height=8,
            no_data="No rules are loaded",
            steps=palette.above((1, palette.BAD)),
        ),
    )


def _absent(service: Service) -> str:
    """Why nothing is known of a service here: only its own target tells whether it is up, and none can be seen."""
    own = all(isinstance(one.sli, Uptime) and not one.sli.probe for one in service.slos)
    reasons = [metric.unproven for metric in service.metrics]
    return f"Not to be seen here: {reasons[0]}" if own and reasons and all(reasons) else ""


def _first_page(slos: tuple[SLO, ...]) -> tuple[Step, ...]:
    factors = [float(row.factor) for one in slos for row in one.policy if row.severity == "page"]
    page = [(min(factors), palette.BAD)] if factors and min(factors) > 1 else []
    return palette.above((1, palette.WARN), *page)
