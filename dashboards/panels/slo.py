"""Panels of SLOs: of all that are chosen, of one, and of those of one service."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from dashboards import links, palette
from dashboards.board import Panel, Query, Step
from dashboards.queries import slo as q
from slo import names
from slo.burnrate import SHORTEST, BurnRate, Severity
from slo.model import SLO, Platform, Service, slo_id
from slo.sli import Uptime
from slo.units import duration, number
from slo.window import phrase

_Windows = tuple[Severity, timedelta, timedelta]
# Ids of SLOs by the factor above which they alert.
_Factors = dict[Decimal, list[str]]

_HOUR = timedelta(hours=1)
_NONE = "No SLO of this choice has been evaluated: are its rules loaded?"
_QUIET = "No events in this time range, so nothing is known"
_BURN = palette.above((1, palette.WARN), (14.4, palette.BAD))


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
        Panel("stat", title, text, "none", (Query(query, title),), 6, 4, _NONE, steps=steps)
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
        _NONE,
        steps=palette.BUDGET,
        labels=labels,
        sort="Budget left",
        links=(links.to_slo("SLO"), links.to_service("slo_service", "Service")),
    )


def least_left() -> Panel:
    """The SLOs with least budget."""
    return Panel(
        "bargauge",
        "Least budget left",
        "Share of the period's error budget that is left; below 0 it is overspent.",
        "percentunit",
        (Query(q.LEAST_LEFT, "{{slo_id}}", instant=True),),
        12,
        10,
        _NONE,
        steps=palette.BUDGET,
        links=(links.to_slo(),),
        least=0,
        most=1,
    )


def burning() -> Panel:
    """The SLOs that burn fastest."""
    return Panel(
        "timeseries",
        "Fastest burn",
        "How many times faster than the period allows each budget goes, over 5 minutes. The lines are 1 and the usual page at 14.4.",
        "none",
        (Query(q.BURN_TOP, "{{slo_id}}"),),
        12,
        10,
        _QUIET,
        steps=_BURN,
        links=(links.to_slo(),),
        least=0,
    )


def detail() -> tuple[Panel, ...]:
    """The figures of one SLO."""
    return (
        Panel(
            "stat",
            "Objective",
            "Share of good events that is promised over the period.",
            "percentunit",
            (Query(q.OBJECTIVE, "objective"),),
            4,
            4,
            _NONE,
        ),
        Panel(
            "stat",
            "SLI, 1 h",
            "Share of good events in the last hour; of several groups, the worst.",
            "percentunit",
            (Query(q.sli(_HOUR), "1 h"),),
            4,
            4,
            _QUIET,
        ),
        Panel(
            "stat",
            "Budget left",
            "Share of the period's error budget; below 0 it is overspent.",
            "percentunit",
            (Query(q.REMAINING, "left"),),
            4,
            4,
            _NONE,
            steps=palette.BUDGET,
        ),
        Panel(
            "stat",
            "Burn rate, 5 min",
            "1 spends the budget in exactly the period.",
            "none",
            (Query(q.burn(SHORTEST), "5m"),),
            4,
            4,
            _QUIET,
            steps=_BURN,
        ),
        Panel(
            "stat",
            "Budget gone in",
            "At the pace of the last hour.",
            "s",
            (Query(q.EXHAUSTED_IN, "gone in"),),
            4,
            4,
            "Not at this pace: nothing failed in the last hour",
            steps=palette.below((86400, palette.WARN), (604800, palette.GOOD)),
        ),
        Panel(
            "stat",
            "Known",
            "Share of the period that was measured; the rest counts as average traffic without errors.",
            "percentunit",
            (Query(q.COVERAGE, "known"),),
            4,
            4,
            _NONE,
            steps=palette.below((0.5, palette.WARN), (0.99, palette.GOOD)),
        ),
    )


def indicator() -> Panel:
    """SLI against objective."""
    return Panel(
        "timeseries",
        "SLI and objective",
        "Share of good events over 5 minutes and over an hour, and the objective.",
        "percentunit",
        (
            Query(q.sli(SHORTEST), "5 min", colour=palette.SKY),
            Query(q.sli(_HOUR), "1 h", colour=palette.BLUE),
            Query(q.OBJECTIVE, "objective", colour=palette.BAD, dashed=True),
        ),
        12,
        9,
        _QUIET,
        most=1,
    )


def burndown() -> Panel:
    """Budget left, and where it will be."""
    return Panel(
        "timeseries",
        "Error budget",
        "Share of the period's budget that is left, and what will be left in a day at the pace of the last 6 hours.",
        "percentunit",
        (
            Query(q.REMAINING, "left", colour=palette.BLUE),
            Query(q.FORECAST, "in a day", colour=palette.ORANGE, dashed=True),
        ),
        12,
        9,
        _NONE,
        steps=(Step(None, palette.BAD), Step(0, palette.GOOD)),
        most=1,
    )


def burn_rates(platform: Platform) -> tuple[Panel, ...]:
    """For each pair of windows that alerts read: both burn rates and the factor above which both alert."""
    ids: dict[_Windows, _Factors] = defaultdict(lambda: defaultdict(list))
    for service in platform.services:
        for one in service.slos:
            for row in one.policy:
                ids[_pair(row)][row.factor].append(slo_id(service, one))
    count = sum(len(service.slos) for service in platform.services)
    found = []
    for (severity, short, long), factors in sorted(ids.items(), key=lambda item: item[0][1:]):
        lines = tuple(
            Query(
                q.factor(number(factor), () if len(of) == count else tuple(of)),
                f"{severity} above {number(factor)}",
                colour=palette.BAD,
                dashed=True,
            )
            for factor, of in sorted(factors.items())
        )
        found.append(
            Panel(
                "timeseries",
                f"Burn over {duration(short)} and {duration(long)}",
                f"How many times too fast the budget goes. When both windows are above the line, it is a {severity}.",
                "none",
                (
                    Query(q.burn(short), duration(short), colour=palette.SKY),
                    Query(q.burn(long), duration(long), colour=palette.BLUE),
                    *lines,
                ),
                6,
                8,
                "No events in these windows, or this SLO's alerts read others",
                least=0,
            )
        )
    return tuple(found)


def events() -> Panel:
    """Events per second."""
    return Panel(
        "timeseries",
        "Events",
        "All and bad events per second over 5 minutes; of a time-based SLI, 1 is all of the time.",
        "cps",
        (Query(q.EVENTS_TOTAL, "all", colour=palette.BLUE), Query(q.EVENTS_BAD, "bad", colour=palette.BAD)),
        12,
        8,
        "No events, or the SLO is composed of others and counts none itself",
        least=0,
    )


def groups() -> Panel:
    """The worst groups."""
    return Panel(
        "bargauge",
        "Worst groups, 1 h",
        "Share of bad events of each group of the SLO over the last hour.",
        "percentunit",
        (Query(q.GROUPS, "", instant=True),),
        12,
        8,
        "This SLO has no groups, or no events in the last hour",
        least=0,
        most=1,
    )


def of_service(service: Service) -> tuple[Panel, ...]:
    """The objectives of one service: budgets, burn rates and what fires."""
    absent = _absent(service)
    told = ", ".join(f"{one.name} {number(one.objective)} % in {phrase(one.window)}" for one in service.slos)
    return (
        Panel(
            "bargauge",
            "Budget left",
            f"Share of each error budget that is left. Objectives: {told}.",
            "percentunit",
            (Query(q.least_of_service(names.PERIOD_REMAINING, service.name), "{{slo_name}}", instant=True),),
            8,
            8,
            absent or "No period has been evaluated yet: its rules run every 5 minutes",
            steps=palette.BUDGET,
            links=(links.to_slo(),),
            least=0,
            most=1,
            unproven=bool(absent),
        ),
        Panel(
            "timeseries",
            "Burn rate",
            "How many times too fast each budget goes, over 5 minutes; the lines are 1 and the first page.",
            "none",
            (Query(q.of_service(names.CURRENT_BURN_RATE, service.name), "{{slo_name}}"),),
            8,
            8,
            absent or _QUIET,
            steps=_first_page(service.slos),
            links=(links.to_slo(),),
            least=0,
            unproven=bool(absent),
        ),
        Panel(
            "stat",
            "Alerts firing",
            "Alerts of this service that fire now; On-call health lists them.",
            "none",
            (
                Query(q.firing_of_service(service.name, "page"), "pages"),
                Query(q.firing_of_service(service.name, "ticket"), "tickets"),
            ),
            8,
            8,
            "No rules are loaded",
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


def _pair(row: BurnRate) -> _Windows:
    return row.severity, row.short, row.long
