"""Panels of all SLOs that are chosen."""

from datetime import timedelta

from dashboards import links, palette
from dashboards.board import Panel, Query
from dashboards.panels.shapes import bars, figure, graph, line
from dashboards.panels.slo_words import BURN, NONE, QUIET
from dashboards.queries import slo as q
from slo import names

_HOUR = timedelta(hours=1)


def overview() -> tuple[Panel, ...]:
    """The four figures on top: how many SLOs, how many without budget, burning, paging."""
    figures = (
        ("SLOs", q.COUNT, "Objectives of the teams, tiers and services that are chosen above.", ()),
        (
            "Out of budget",
            q.SPENT_COUNT,
            "SLOs whose error budget of the period is spent.",
            palette.above((1, palette.BAD)),
        ),
        (
            "Burning too fast",
            q.BURNING_COUNT,
            "SLOs whose budget goes faster than the period allows, by the last 5 minutes.",
            palette.above((1, palette.WARN)),
        ),
        ("Pages firing", q.FIRING_PAGES, "Alerts that page somebody now.", palette.above((1, palette.BAD))),
    )
    return tuple(
        figure(title, text, "none", line(query, title), width=6, no_data=NONE, steps=steps)
        for title, query, text, steps in figures
    )


def table() -> Panel:
    """Every SLO that is chosen, sortable, the one with least budget first."""
    columns = (
        Query(q.LISTED, instant=True),
        Query(
            q.worst(names.PERIOD_REMAINING, least=True),
            instant=True,
            column="Budget left",
            unit="percentunit",
        ),
        Query(q.worst(names.CURRENT_BURN_RATE), instant=True, column="Burn, 5 min", unit="none"),
        Query(q.FIRING, instant=True, column="Firing", unit="none"),
        Query(q.good(names.ratio_rate(_HOUR)), instant=True, column="SLI, 1 h", unit="percentunit"),
        Query(q.worst(names.OBJECTIVE), instant=True, column="Objective", unit="percentunit"),
        Query(q.worst(names.PERIOD_COVERAGE, least=True), instant=True, column="Known", unit="percentunit"),
    )
    labels = (
        ("slo_id", "SLO"),
        ("slo_service", "Service"),
        ("owner", "Team"),
        ("tier", "Tier"),
        ("window", "Period"),
    )
    return Panel(
        "table",
        "SLOs",
        "Budget left is the share of the period's error budget; burn 1 spends it in exactly the period; "
        "known is the share of the period that was measured. Of an SLO with groups, the worst group counts. "
        "A click on an SLO opens it.",
        "none",
        columns,
        24,
        14,
        NONE,
        steps=palette.BUDGET,
        labels=labels,
        sort="Budget left",
        links=(links.to_slo("SLO"), links.to_service("slo_service", "Service")),
    )


def least_left() -> Panel:
    """The SLOs with least budget."""
    return bars(
        "Least budget left",
        "Share of the period's error budget that is left; below 0 it is overspent.",
        "percentunit",
        q.LEAST_LEFT,
        "{{slo_id}}",
        width=12,
        height=10,
        no_data=NONE,
        steps=palette.BUDGET,
        links=(links.to_slo(),),
        most=1,
    )


def burning() -> Panel:
    """The SLOs that burn fastest."""
    return graph(
        "Fastest burn",
        "How many times faster than the period allows each budget goes, over 5 minutes. The lines are 1 and the usual page at 14.4.",
        "none",
        line(q.BURN_TOP, "{{slo_id}}"),
        width=12,
        height=10,
        no_data=QUIET,
        steps=BURN,
        links=(links.to_slo(),),
    )
