"""The multi-window, multi-burn-rate policy as a table.

Source: Google, The Site Reliability Workbook, chapter 5, "Alerting on SLOs", table 5-8, for 30 days.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

Severity = Literal["page", "ticket"]

SHORTEST = timedelta(minutes=5)


class BurnRate(NamedTuple):
    """Alert when both windows burn the budget ``factor`` times too fast."""

    severity: Severity
    short: timedelta
    long: timedelta
    factor: Decimal


POLICY = (
    BurnRate("page", timedelta(minutes=5), timedelta(hours=1), Decimal("14.4")),
    BurnRate("page", timedelta(minutes=30), timedelta(hours=6), Decimal(6)),
    BurnRate("ticket", timedelta(hours=2), timedelta(days=1), Decimal(3)),
    BurnRate("ticket", timedelta(hours=6), timedelta(days=3), Decimal(1)),
)

WINDOWS = tuple(sorted({w for row in POLICY for w in (row.short, row.long)}))


def threshold(factor: Decimal, budget: Decimal) -> Decimal:
    """The error ratio to alert above.

    A ratio never exceeds 1, so a product of 1 or more could never fire: it is lowered to midway between
    the budget and a total failure.
    """
    wanted = factor * budget
    return wanted if wanted < 1 else (1 + budget) / 2
