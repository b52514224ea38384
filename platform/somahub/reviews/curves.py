"""How a budget went down over a period, day by day and hour by hour."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from slo.accounts import Account
from slo.accounts.account import shares
from slo.slots import SLOT, Column, Slots
from somahub.reviews.figures import rounded
from somahub.reviews.model import Curve, Day, Hour, Period
from somahub.reviews.periods import midnights, seconds

_POINTS = 124  # four a day of a month
_HOUR = 3600
_WORST = 5
_PLACES = 6


def curve(slots: Slots, period: Period, raw: Account, adjusted: Account, keep: Column) -> Curve | None:
    """What was left every few hours; None where nothing is known."""
    span = seconds(period)
    if not raw.allowed or not adjusted.allowed or span.until <= span.start:
        return None
    step = -(-(span.end - span.start) // _POINTS // _HOUR) * _HOUR or _HOUR
    at = np.append(np.arange(span.start + step, span.until, step), span.until)
    chosen = (at - slots.start) // SLOT - 1
    share = shares(slots, span)
    return Curve(
        step=step,
        raw=_left(_bad(slots, share, raw), chosen, raw.allowed),
        adjusted=_left(_bad(slots, share * keep, adjusted), chosen, adjusted.allowed),
    )


def days(slots: Slots, period: Period, told: Account, keep: Column) -> tuple[Day, ...]:
    """Each day that has begun."""
    until = seconds(period).until
    edges = [int(at.timestamp()) for at in midnights(period)]
    edges = [at for at in edges if at < until] + [until]
    bad, total, known = _sums(slots, edges, keep)
    zone = ZoneInfo(period.zone)
    return tuple(
        Day(
            date=datetime.fromtimestamp(edges[i], zone).date(),
            bad=rounded(bad[i]),
            total=rounded(total[i]),
            spent=_spent(bad[i], told),
            known=rounded(known[i] / (edges[i + 1] - edges[i])),
        )
        for i in range(len(edges) - 1)
    )


def worst_days(found: tuple[Day, ...]) -> tuple[Day, ...]:
    """The days that had most failures, the worst first; none without any."""
    return tuple(sorted((d for d in found if d.bad), key=lambda d: (-d.bad, d.date))[:_WORST])


def worst_hours(slots: Slots, period: Period, told: Account, keep: Column) -> tuple[Hour, ...]:
    """Likewise, of hours from the period's beginning on."""
    span = seconds(period)
    edges = [*range(span.start, span.until, _HOUR), span.until]
    if len(edges) == 1:
        return ()
    bad, total, _ = _sums(slots, edges, keep)
    chosen = [int(i) for i in np.argsort(-bad, kind="stable")[:_WORST] if bad[i]]
    return tuple(
        Hour(
            start=datetime.fromtimestamp(edges[i], UTC),
            bad=rounded(bad[i]),
            total=rounded(total[i]),
            spent=_spent(bad[i], told),
        )
        for i in chosen
    )


def _sums(slots: Slots, edges: list[int], keep: Column) -> tuple[Column, Column, Column]:
    at = (np.array(edges) - slots.start) // SLOT
    bad, total, known = (
        np.append(0.0, np.cumsum(column * keep))[at] for column in (slots.bad, slots.total, slots.known)
    )
    return np.diff(bad), np.diff(total), np.diff(known)


def _bad(slots: Slots, weight: Column, told: Account) -> Column:
    """With what unknown time was taken for, spread over it."""
    bad = slots.bad * weight
    assumed = told.bad - float(bad.sum())
    lost = np.maximum(SLOT - slots.known, 0) * weight
    if assumed <= 1e-9 * max(told.bad, 1) or not lost.any():
        return bad
    return np.asarray(bad + lost * (assumed / lost.sum()))


def _left(
    bad: Column, chosen: "np.ndarray[tuple[int], np.dtype[np.int64]]", allowed: float
) -> tuple[float, ...]:
    # `+ 0.0`: there is no minus zero in a report.
    return tuple((np.round(1 - np.cumsum(bad)[chosen] / allowed, _PLACES) + 0.0).tolist())


def _spent(bad: float, told: Account) -> float | None:
    return rounded(bad / told.allowed) if told.allowed else None
