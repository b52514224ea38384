"""The error budget of a period: what was promised slot by slot, what is known, what is spent.

The budget is that of the whole period at the known part's average traffic (docs/decisions/0004 and 0022), so that
four bad minutes are four minutes of a month, also on its first day.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import numpy as np

from slo.slots import SLOT, Column, Slots
from slo.window import Calendar, span

Unknown = Literal["ignore", "bad"]
"""What unknown time is taken for: average traffic without failures, or all of it bad."""


class Promise(NamedTuple):
    """The fraction that may be bad, from ``since`` on (seconds since the epoch)."""

    since: float
    budget: float


class Period(NamedTuple):
    """From ``start`` up to ``end``, as seen at ``at``; all in seconds since the epoch."""

    start: int
    end: int
    at: int

    @classmethod
    def of(cls, window: timedelta | Calendar, at: datetime) -> "Period":
        """What an SLO's window covers at a moment; a rolling one ends with the slot before it."""
        moment = int(at.timestamp()) // SLOT * SLOT
        start, end = span(window, datetime.fromtimestamp(moment, at.tzinfo))
        return cls(int(start.timestamp()), int(end.timestamp()), moment)

    @property
    def until(self) -> int:
        """The end of what has passed of it."""
        return max(min(self.end, self.at), self.start)


class Account(NamedTuple):
    """``bad`` and ``total`` in the SLI's unit; seconds of the time ``elapsed``, ``known``, ``recovered``, ``excluded``.

    ``recovered`` is unknown time whose events a counter told afterwards. ``allowed`` is how many of the whole period's
    events may be bad; ``spent`` and ``left`` are fractions of it. What can't be told is None.
    """

    bad: float
    total: float
    elapsed: float
    known: float
    recovered: float
    excluded: float
    sli: float | None
    allowed: float | None
    spent: float | None
    left: float | None

    @property
    def unknown(self) -> float:
        """Seconds that no sample vouches for, those among them that are recovered."""
        return max(self.elapsed - self.known, 0.0)


def account(
    slots: Slots,
    period: Period,
    promises: Sequence[Promise],
    unknown: Unknown = "ignore",
    keep: Column | None = None,
) -> Account:
    """What a period's slots mean for its budget; ``keep`` is the share of each slot that is not excluded."""
    share = shares(slots, period)
    whole = share if keep is None else share * keep
    elapsed = float(SLOT * whole.sum())
    excluded = 0.0 if keep is None else float(SLOT * (share - whole).sum())
    bad, total, known, recovered = (float((column * whole).sum()) for column in slots.columns)
    recovered = min(recovered, max(elapsed - known, 0.0))
    told = known + recovered
    found = Account(bad, total, elapsed, known, recovered, excluded, None, None, None, None)
    if told <= 0:
        return found
    budgets = in_force(slots, promises)
    allowed = float((slots.total * whole * budgets).sum())
    rate = total / told
    if unknown == "bad":
        missing = rate * (elapsed - told)
        bad, total, told = bad + missing, total + missing, elapsed
        allowed += missing * _mean(budgets, whole)
    allowed += rate * max(period.end - period.start - excluded - told, 0.0) * promises[-1].budget
    if total <= 0:
        return found._replace(allowed=allowed, spent=0.0, left=1.0)
    spent = bad / allowed
    return found._replace(
        bad=bad, total=total, sli=1 - bad / total, allowed=allowed, spent=spent, left=1 - spent
    )


def shares(slots: Slots, period: Period) -> Column:
    """The part of each slot that lies in what has passed of a period."""
    starts = slots.start + SLOT * np.arange(slots.size)
    inside = np.minimum(starts + SLOT, period.until) - np.maximum(starts, period.start)
    return np.clip(inside / SLOT, 0.0, 1.0)


def in_force(slots: Slots, promises: Sequence[Promise]) -> Column:
    """The budget that was promised for each slot; the first one holds for what comes before it."""
    starts = slots.start + SLOT * np.arange(slots.size)
    since = np.array([one.since for one in promises[1:]])
    return np.array([one.budget for one in promises])[np.searchsorted(since, starts, side="right")]


def burn_down(
    slots: Slots, period: Period, allowed: float, keep: Column | None = None, every: int = 12
) -> list[tuple[int, float]]:
    """What was left of a budget, as (seconds since the epoch, fraction), each ``every`` slots and at the end."""
    share = shares(slots, period)
    left = 1 - np.cumsum(slots.bad * share * (1 if keep is None else keep)) / allowed
    inside = np.flatnonzero(share)
    if not inside.size:
        return []
    chosen = np.unique(np.append(inside[every - 1 :: every], inside[-1]))
    return [(slots.start + SLOT * (int(i) + 1), float(left[i])) for i in chosen]


def _mean(budgets: Column, weights: Column) -> float:
    return float(np.average(budgets, weights=weights)) if weights.any() else float(budgets[-1])
