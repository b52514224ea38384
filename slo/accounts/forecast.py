"""Where a budget is heading: days like those just seen, drawn again and again for what is left of the period."""

from typing import NamedTuple

import numpy as np

from slo.accounts.account import Account, Period
from slo.slots import SLOT, Column, Slots

_DAY = 86400
_DAYS = 28  # four weeks: every weekday alike
_FEWEST = 3
_DRAWS = 2000
_QUANTILES = (0.1, 0.5, 0.9)


class Forecast(NamedTuple):
    """Fractions of the budget left at the period's end: 8 of 10 outcomes lie between ``low`` and ``high``.

    ``empty_after`` is the seconds until half of the outcomes have spent it all, within the period; None: not in it.
    """

    low: float
    middle: float
    high: float
    empty_after: int | None


def forecast(slots: Slots, period: Period, now: Account, keep: Column | None = None) -> Forecast | None:
    """From the days before ``period.at``; None where less than three of them are known, or nothing can be spent.

    ``slots`` may begin before the period. The draws are the same each time.
    """
    days = _spent(slots, period, now, keep)
    remaining = (period.end - period.until) / _DAY
    if len(days) < _FEWEST or now.left is None:
        return None
    if remaining <= 0:
        return Forecast(now.left, now.left, now.left, None)
    whole = int(np.ceil(remaining))
    draws = np.random.default_rng(0).choice(days, (_DRAWS, whole))
    draws[:, -1] *= remaining - (whole - 1)
    left = now.left - np.cumsum(draws, axis=1)
    low, middle, high = (float(x) for x in np.quantile(left[:, -1], _QUANTILES))
    empty = np.flatnonzero(np.median(left, axis=0) <= 0)
    after = None if not empty.size else int(min((empty[0] + 1) * _DAY, period.end - period.until))
    return Forecast(low, middle, high, 0 if now.left <= 0 else after)


def _spent(slots: Slots, period: Period, now: Account, keep: Column | None) -> Column:
    """The share of the period's budget that each of the last days spent, as if it were known throughout."""
    if not now.allowed:
        return np.zeros(0)
    weight = np.ones(slots.size) if keep is None else keep
    last = min(slots.size, (period.until - slots.start) // SLOT)
    per_day = _DAY // SLOT
    count = min(max(last, 0) // per_day, _DAYS)
    first = last - count * per_day
    bad, known = (
        (x * weight)[first:last].reshape(count, per_day).sum(axis=1) for x in (slots.bad, slots.known)
    )
    seen = known >= _DAY / 2
    return np.asarray(bad[seen] * _DAY / known[seen] / now.allowed)
