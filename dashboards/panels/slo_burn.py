"""Panels of one SLO's burn rates, with the thresholds of its alerts."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from dashboards import palette
from dashboards.board import Panel, Query
from dashboards.panels.shapes import graph, line
from dashboards.queries import slo as q
from slo.burnrate import BurnRate, Severity
from slo.model import Platform, slo_id
from slo.units import duration, number

_Windows = tuple[Severity, timedelta, timedelta]
# Ids of SLOs by the factor above which they alert.
_Factors = dict[Decimal, list[str]]


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
            graph(
                f"Burn over {duration(short)} and {duration(long)}",
                f"How many times too fast the budget goes. When both windows are above the line, it is a {severity}.",
                "none",
                line(q.burn(short), duration(short), palette.SKY),
                line(q.burn(long), duration(long), palette.BLUE),
                *lines,
                width=6,
                no_data="No events in these windows, or this SLO's alerts read others",
            )
        )
    return tuple(found)


def _pair(row: BurnRate) -> _Windows:
    return row.severity, row.short, row.long
