"""Panels of one SLO."""

from datetime import timedelta

from dashboards import palette
from dashboards.board import Panel, Step
from dashboards.panels.shapes import bars, figure, graph, line
from dashboards.panels.slo_words import BURN, NONE, QUIET
from dashboards.queries import slo as q
from slo.burnrate import SHORTEST

_HOUR = timedelta(hours=1)


def detail() -> tuple[Panel, ...]:
    """The figures of one SLO."""
    return (
        figure(
            "Objective",
            "Share of good events that is promised over the period.",
            "percentunit",
            line(q.OBJECTIVE, "objective"),
            width=4,
            no_data=NONE,
        ),
        figure(
            "SLI, 1 h",
            "Share of good events in the last hour; of several groups, the worst.",
            "percentunit",
            line(q.sli(_HOUR), "1 h"),
            width=4,
            no_data=QUIET,
        ),
        figure(
            "Budget left",
            "Share of the period's error budget; below 0 it is overspent.",
            "percentunit",
            line(q.REMAINING, "left"),
            width=4,
            no_data=NONE,
            steps=palette.BUDGET,
        ),
        figure(
            "Burn rate, 5 min",
            "1 spends the budget in exactly the period.",
            "none",
            line(q.burn(SHORTEST), "5m"),
            width=4,
            no_data=QUIET,
            steps=BURN,
        ),
        figure(
            "Budget gone in",
            "At the pace of the last hour.",
            "s",
            line(q.EXHAUSTED_IN, "gone in"),
            width=4,
            no_data="Not at this pace: nothing failed in the last hour",
            steps=palette.below((86400, palette.WARN), (604800, palette.GOOD)),
        ),
        figure(
            "Known",
            "Share of the period that was measured; the rest counts as average traffic without errors.",
            "percentunit",
            line(q.COVERAGE, "known"),
            width=4,
            no_data=NONE,
            steps=palette.below((0.5, palette.WARN), (0.99, palette.GOOD)),
        ),
    )


def indicator() -> Panel:
    """SLI against objective."""
    return graph(
        "SLI and objective",
        "Share of good events over 5 minutes and over an hour, and the objective.",
        "percentunit",
        line(q.sli(SHORTEST), "5 min", palette.SKY),
        line(q.sli(_HOUR), "1 h", palette.BLUE),
        line(q.OBJECTIVE, "objective", palette.BAD, dashed=True),
        width=12,
        height=9,
        no_data=QUIET,
        most=1,
        least=None,
    )


def burndown() -> Panel:
    """Budget left, and where it will be."""
    return graph(
        "Error budget",
        "Share of the period's budget that is left, and what will be left in a day at the pace of the last 6 hours.",
        "percentunit",
        line(q.REMAINING, "left", palette.BLUE),
        line(q.FORECAST, "in a day", palette.ORANGE, dashed=True),
        width=12,
        height=9,
        no_data=NONE,
        steps=(Step(None, palette.BAD), Step(0, palette.GOOD)),
        most=1,
        least=None,
    )


def events() -> Panel:
    """Events per second."""
    return graph(
        "Events",
        "All and bad events per second over 5 minutes; of a time-based SLI, 1 is all of the time.",
        "cps",
        line(q.EVENTS_TOTAL, "all", palette.BLUE),
        line(q.EVENTS_BAD, "bad", palette.BAD),
        width=12,
        no_data="No events, or the SLO is composed of others and counts none itself",
    )


def groups() -> Panel:
    """The worst groups."""
    return bars(
        "Worst groups, 1 h",
        "Share of bad events of each group of the SLO over the last hour.",
        "percentunit",
        q.GROUPS,
        "",
        width=12,
        no_data="This SLO has no groups, or no events in the last hour",
        most=1,
    )
