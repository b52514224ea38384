"""The budget of an SLO's own window: rolling as the period's rules have it, or a calendar's from its first midnight."""

from datetime import UTC, datetime, timedelta

import numpy as np

from slo.model import SLO
from slo.replay.history import History, Values
from slo.replay.windows import Mean, Ratios, Weighed
from slo.window import Calendar


def spent_of(slo: SLO, own: Weighed, ratios: Ratios) -> Values:
    """The fraction of the budget that is spent, at each step; NaN where nothing is known."""
    if isinstance(slo.window, Calendar):
        return _calendar(slo.window, own.history) / float(slo.budget)
    ratio = ratios.over_period(slo.window) if isinstance(ratios, Mean) else own.period(slo.window)
    return ratio * own.coverage(slo.window) / float(slo.budget)


def at_end_and_worst(spent: Values) -> tuple[float | None, float | None]:
    """Of one group: the last known, and the highest."""
    known = spent[~np.isnan(spent)]
    return (float(known[-1]), float(known.max())) if known.size else (None, None)


def _calendar(window: Calendar, history: History) -> Values:
    """The error ratio since the period's beginning, times the part of the period that is known."""
    grid = history.grid
    found = np.full_like(history.bad, np.nan)
    first = 0
    while first < grid.size:
        span = window.at(datetime.fromtimestamp(grid.start + first * grid.step, UTC))
        end = max(grid.step_at(span.end.timestamp()), first + 1)
        bad, total = (x[:, first:end] for x in (history.bad, history.total))
        events = np.nancumsum(total, axis=1)
        known = np.cumsum(~np.isnan(total), axis=1) * timedelta(seconds=grid.step) / (span.end - span.start)
        ratio = np.divide(np.nancumsum(bad, axis=1), events, out=np.full_like(bad, np.nan), where=events > 0)
        found[:, first:end] = ratio * known.astype(np.float64)
        first = end
    return found
