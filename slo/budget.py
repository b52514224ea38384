"""The error budget of a period: how much is known of it, how much is spent, and when it went.

Source of the budget itself: Google, The Site Reliability Workbook, chapter 2, "Implementing SLOs".
"""

from datetime import timedelta
from itertools import accumulate
from typing import NamedTuple

from slo.model import SLO
from slo.tally import Tally


class Budget(NamedTuple):
    """Fractions: ``sli`` of the events, ``coverage`` of the window, ``spent`` and ``left`` of the budget.

    ``sli`` is None without events, and ``spent`` and ``left`` are None while nothing is known.
    ``burn_down`` is what was left, as (time in seconds since the epoch, fraction).
    """

    sli: float | None
    coverage: float
    spent: float | None
    left: float | None
    burn_down: tuple[tuple[float, float], ...]


def budget(slo: SLO, tally: Tally, whole: timedelta | None = None) -> Budget:
    """What a tally over the SLO's window means for its budget; ``whole`` is the window's length, if not the nominal.

    Only the known part of the window can have spent: the rest counts as average traffic without failures,
    so four bad minutes are four minutes of a month, not a bad month.
    """
    coverage = min(tally.known / (whole or slo.period).total_seconds(), 1.0)
    if not tally.known:
        return Budget(None, 0.0, None, None, ())
    if not tally.total:
        return Budget(None, coverage, 0.0, 1.0, ())
    allowed = float(slo.budget) * tally.total / coverage
    burnt = accumulate(bad for _, bad in tally.steps)
    curve = tuple((at, 1 - max(bad, 0.0) / allowed) for (at, _), bad in zip(tally.steps, burnt, strict=True))
    spent = tally.bad / allowed
    return Budget(1 - tally.bad / tally.total, coverage, spent, 1 - spent, curve)
