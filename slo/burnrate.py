"""The multi-window, multi-burn-rate policy as a table.

Source of the rows for 30 days: Google, The Site Reliability Workbook, chapter 5, "Alerting on SLOs", table 5-8.
An alert is about a share of the budget spent within a window, so a factor is ``share * period / window``; for
other periods the shares are chosen so that no factor falls below 1, at which an objective is just met.
"""

from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Literal, NamedTuple

from slo.units import Duration, seconds

Severity = Literal["page", "ticket"]

SHORTEST = timedelta(minutes=5)


class BurnRate(NamedTuple):
    """Alert when both windows burn the budget ``factor`` times too fast."""

    severity: Severity
    short: Duration
    long: Duration
    factor: Decimal


class _Share(NamedTuple):
    severity: Severity
    short: str
    long: str
    percent: str  # of the budget


# From this many days on: the last band that has begun counts.
_BANDS = {
    1: (
        _Share("page", "5m", "1h", "25"),
        _Share("page", "30m", "6h", "50"),
        _Share("ticket", "2h", "12h", "75"),
    ),
    3: (
        _Share("page", "5m", "1h", "10"),
        _Share("page", "30m", "6h", "20"),
        _Share("ticket", "2h", "1d", "50"),
    ),
    7: (
        _Share("page", "5m", "1h", "8"),
        _Share("page", "30m", "6h", "12.5"),
        _Share("ticket", "2h", "1d", "20"),
        _Share("ticket", "6h", "3d", "45"),
    ),
    21: (
        _Share("page", "5m", "1h", "2"),
        _Share("page", "30m", "6h", "5"),
        _Share("ticket", "2h", "1d", "10"),
        _Share("ticket", "6h", "3d", "10"),
    ),
    60: (
        _Share("page", "5m", "1h", "1"),
        _Share("page", "30m", "6h", "3"),
        _Share("ticket", "2h", "1d", "5"),
        _Share("ticket", "6h", "3d", "5"),
    ),
}


@cache
def policy(period: timedelta) -> tuple[BurnRate, ...]:
    """The rows for an SLO's window."""
    shares = next(rows for days, rows in reversed(_BANDS.items()) if period.days >= days)
    return tuple(burn_rate(s.severity, s.short, s.long, Decimal(s.percent), period) for s in shares)


def burn_rate(severity: Severity, short: str, long: str, percent: Decimal, period: timedelta) -> BurnRate:
    """The row that alerts once a share of the budget of ``period`` is spent within the long window.

    The factor has two decimals and is 1 at least.
    """
    over = timedelta(seconds=float(seconds(long)))
    factor = percent / 100 * (period // timedelta(minutes=1)) / (over // timedelta(minutes=1))
    rounded = max(factor, Decimal(1)).quantize(Decimal("0.01")).normalize()
    return BurnRate(severity, timedelta(seconds=float(seconds(short))), over, rounded)


def threshold(factor: Decimal, budget: Decimal) -> Decimal:
    """The error ratio to alert above.

    A ratio never exceeds 1, so a product of 1 or more could never fire: it is lowered to midway between
    the budget and a total failure.
    """
    wanted = factor * budget
    return wanted if wanted < 1 else (1 + budget) / 2
