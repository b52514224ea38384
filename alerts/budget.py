"""Tickets on the state of a budget: a share of it is spent, or it will be empty soon.

They read the period's figures, so they are as good as what Prometheus or a history keeps of the window.
"""

from collections.abc import Iterable
from itertools import pairwise

from alerts.labels import labels, links
from slo import names
from slo.model import SLO, Platform, Service
from slo.rules import Rule, series
from slo.units import duration, number
from slo.window import phrase

# A share that is passed to and fro, as old failures leave a rolling window, is one ticket.
_STANDS = "6h"


def budget_rules(platform: Platform, service: Service, slo: SLO) -> Iterable[Rule]:
    """One alert per share, each up to the next, so that one of them fires at a time; and the forecast."""
    spent = f"max_over_time({series(names.PERIOD_SPENT, service, slo)}[{_STANDS}])"
    shares = slo.alerting.budget_spent
    for share, following in pairwise((*shares, None)):
        assert share is not None  # noqa: S101 - only the last of the pairs is None
        upper = f" < {number(following / 100)}" if following else ""
        yield Rule(
            alert=names.BUDGET_SPENT,
            expr=f"{spent} >= {number(share / 100)}{upper}",
            labels=labels(platform, service, slo, "ticket") | {"spent": number(share)},
            annotations={
                "summary": f"{service.label}: {number(share)} % of the error budget of {slo.name} is spent",
                "description": "{{ $value | humanizePercentage }} of the budget of "
                f"{phrase(slo.window)} is spent.",
                **links(platform, service, names.BUDGET_SPENT),
            },
        )
    if slo.alerting.empty_within:
        yield _forecast(platform, service, slo, int(slo.alerting.empty_within.total_seconds()))


def _forecast(platform: Platform, service: Service, slo: SLO, within: int) -> Rule:
    """Left, in seconds of total failure, against what the longest window's ratio would fail in that time."""
    left = series(names.PERIOD_REMAINING, service, slo)
    longest = slo.windows[-1]
    ratio = series(names.ratio_rate(longest), service, slo)
    whole = number(int(slo.period.total_seconds()) * slo.budget)
    return Rule(
        alert=names.BUDGET_EMPTY_SOON,
        expr=f"{left} * {whole} / ({ratio} > 0) > 0 < {within}",
        labels=labels(platform, service, slo, "ticket"),
        annotations={
            "summary": f"{service.label}: the error budget of {slo.name} will soon be empty",
            "description": f"At the rate of the last {duration(longest)} it is empty in "
            "{{ $value | humanizeDuration }}.",
            **links(platform, service, names.BUDGET_EMPTY_SOON),
        },
    )
