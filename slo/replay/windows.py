"""Error ratios over every window, as the recording rules define them (``slo.ratios``)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Protocol

import numpy as np

from slo.burnrate import SHORTEST
from slo.model import SLO
from slo.ratios import DAY, HALF_HOUR, HOUR
from slo.replay.history import Flags, Grid, History, Values
from slo.replay.sums import Sums, gathered, last, shifted
from slo.replay.timing import Timing
from slo.source import Composed

_SLICE = int(SHORTEST.total_seconds())
# A sum of overlapping rates counts the last slice by half.
_HALF = SHORTEST / 2


class Ratios(Protocol):
    """Error ratios of one SLO's groups; NaN where there is no sample."""

    history: History

    def over(self, window: timedelta) -> Values:
        """At each evaluation, of a window that the SLO's policy reads."""
        ...


class Weighed:
    """Ratios by events: sums of bad over sums of total, times the share of the window that the rules saw."""

    def __init__(self, slo: SLO, history: History, timing: Timing) -> None:
        self.history, self._timing, self._grid = history, timing, history.grid
        self._slice = _SLICE // self._grid.step
        self._edge = int(timing.closed)
        bad, total = (_looked_up(x, history.ran, self._slice) for x in (history.bad, history.total))
        self._tiles = bad, total
        self._sums = Sums(history.bad), Sums(history.total)
        self._ran = Sums(history.ran.astype(np.float64))
        self._coarse = tuple(Sums(x[:, :: self._slice]) for x in (bad, total))
        self._marks = Sums(_looked_up_marks(history.ran, self._slice)[:: self._slice])
        self._anchor, coarse = (
            self._anchored(w for w in slo.windows if (w < DAY) is less) for less in (True, False)
        )
        self._now, self._now_of_days = (
            tuple(np.where(np.isnan(x), anchor, x) for x in self._tiles) for anchor in (self._anchor, coarse)
        )
        self._half_hours = tuple(self._tiled(x, HALF_HOUR // SHORTEST) for x in self._tiles)

    def over(self, window: timedelta) -> Values:
        """Tiles up to an hour, sums up to a day, sums of every fifth minute above.

        To sums, the rate of now adds what they don't count yet.
        """
        if window == SHORTEST:
            return _ratio(self.history.bad, self.history.total)
        if window >= DAY:
            since = np.arange(self._grid.size) % self._slice / self._slice
            pairs = zip(self._coarse, self._now_of_days, strict=True)
            bad, total = (self._slices(one, window) + since * now for one, now in pairs)
            covered = self._slices(self._marks, window) / (window // SHORTEST)
        else:
            bad, total = self._hour() if window == HOUR else self._tiled_or_summed(window)
            covered = self._ran.over(self._steps(window) + self._edge) / self._steps(window)
        found = _ratio(bad, total) * np.minimum(covered, 1)
        found[:, ~self.history.ran] = np.nan
        return recorded(found, self._grid, self._timing.days) if window >= DAY else found

    def period(self, window: timedelta) -> Values:
        """The ratio over the SLO's own window, recorded at slower steps; the part that was not seen is left out."""
        bad, total = (self._slices(one, window) for one in self._coarse)
        return self._recorded(_ratio(bad, total))

    def coverage(self, window: timedelta) -> Values:
        """The share of an SLO's own window in which the rules were evaluated."""
        # The subquery steps as often as its group is evaluated, but no marks are lost by counting each slice.
        covered = self._slices(self._marks, window) / (window // SHORTEST)
        return self._recorded(np.minimum(covered, 1)[None])

    def events(self, which: int, window: timedelta) -> Values:
        """How many bad (0) or total (1) there were: a rate per second at each step, summed."""
        return self._grid.step * self._sums[which].over(self._steps(window) + self._edge)

    def _recorded(self, found: Values) -> Values:
        found[..., ~self.history.ran] = np.nan
        return recorded(found, self._grid, self._timing.period)

    def _steps(self, window: timedelta) -> int:
        return int(window.total_seconds()) // self._grid.step

    def _anchored(self, windows: Iterable[timedelta]) -> Values:
        """0 while there has been a total within the longest of the windows, which keeps a vanished series in them."""
        within = self._steps(max(windows, default=timedelta())) + self._edge
        return np.where(last(~np.isnan(self.history.total)).age < within, 0.0, np.nan)

    def _hour(self) -> tuple[Values, ...]:
        """Of two half hours; where the earlier one was not recorded, a sum."""
        within = self._slice
        earlier = (
            shifted(_looked_up(x, self.history.ran, within), self._steps(HALF_HOUR)) for x in self._half_hours
        )
        whole = (now + before for now, before in zip(self._half_hours, earlier, strict=True))
        summed = self._summed(HOUR)
        return tuple(np.where(np.isnan(x), y, x) for x, y in zip(whole, summed, strict=True))

    def _tiled_or_summed(self, window: timedelta) -> tuple[Values, ...]:
        if window < HOUR:
            return tuple(self._tiled(x, window // SHORTEST) for x in self._tiles)
        return self._summed(window)

    def _summed(self, window: timedelta) -> tuple[Values, ...]:
        width, between = divmod(window - _HALF, timedelta(seconds=self._grid.step))
        width += 1 if between else self._edge
        half = _HALF.total_seconds() / self._grid.step
        pairs = zip(self._sums, self._now, strict=True)
        return tuple(one.over(width) + half * now for one, now in pairs)

    def _tiled(self, values: Values, tiles: int) -> Values:
        found = np.zeros_like(values)
        for tile in range(tiles):
            moved = shifted(values, tile * self._slice)
            found += np.where(np.isnan(moved), self._anchor, moved)
        return found

    def _slices(self, sums: Sums, window: timedelta) -> Values:
        """A subquery with a step of a slice: it has one more where its left edge is a step of it."""
        steps = np.arange(self._grid.size)
        width = window // SHORTEST
        inner = gathered(sums.over(width), steps // self._slice)
        if not self._edge:
            return inner
        whole = gathered(sums.over(width + 1), steps // self._slice)
        return np.where(steps % self._slice == 0, whole, inner)


class Mean:
    """A weighted composite: the mean of its parts' windows, each of its worst group; none counts as 0."""

    def __init__(self, history: History, parts: list[tuple[SLO, Weighed, float]]) -> None:
        self.history, self._parts = history, parts

    def over(self, window: timedelta) -> Values:
        """A part whose own rules don't record this window counts as 0, as it does for the rules."""
        return self._mean(
            ratios.over(window) if window in {SHORTEST, *slo.windows} else None
            for slo, ratios, _ in self._parts
        )

    def over_period(self, window: timedelta) -> Values:
        """Likewise, of the composite's own window."""
        return self._mean(
            ratios.period(window) if window == slo.window else None for slo, ratios, _ in self._parts
        )

    def _mean(self, terms: Iterable[Values | None]) -> Values:
        found = np.zeros_like(self.history.bad)
        for term, (_, _, weight) in zip(terms, self._parts, strict=True):
            if term is not None:
                found += weight * worst(term)
        found[:, ~self.history.ran] = np.nan
        return found / sum(weight for _, _, weight in self._parts)


def worst(values: Values) -> Values:
    """The worst group at each step, 0 where nothing is known, as one row."""
    return np.asarray(np.nan_to_num(values).max(axis=0, initial=0.0, keepdims=True))


def recorded(values: Values, grid: Grid, every: int) -> Values:
    """What the last evaluation of a slower group left."""
    pace = max(every // grid.step, 1)
    return gathered(values, np.arange(grid.size) // pace * pace)


def composed(source: Composed, parts: list[History]) -> History:
    """A composite from its parts, step by step; a part of which nothing is known yet is good."""
    grid = parts[0].grid
    ran = np.any([part.ran for part in parts], axis=0)
    if source.mode == "sum":
        (part,) = parts
        known = ~np.isnan(part.total).all(axis=0)
        bad, total = (np.where(known, np.nansum(x, axis=0), np.nan)[None] for x in (part.bad, part.total))
        return History(grid, ((),), bad, total, ran)
    terms = [worst(_ratio(part.bad, part.total)) for part in parts]
    weights = [float(weight) for _, weight in source.parts]
    if source.mode == "weighted":
        bad = np.average(terms, axis=0, weights=weights)
    elif source.mode == "all-of":
        bad = 1 - np.prod([1 - term for term in terms], axis=0)
    else:
        bad = np.max(terms, axis=0)
    return History(grid, ((),), np.where(ran, bad, np.nan), np.where(ran, 1.0, np.nan)[None], ran)


def _ratio(bad: Values, total: Values) -> Values:
    return np.divide(bad, total, out=np.full_like(bad, np.nan), where=total > 0)


def _looked_up(values: Values, ran: Flags, within: int) -> Values:
    """What an instant look-up finds: nothing where a rule gave nothing, the last sample where no rule ran."""
    found = last(ran)
    return np.where(found.age <= within, gathered(values, np.maximum(found.step, 0)), np.nan)


def _looked_up_marks(ran: Flags, within: int) -> Values:
    return (last(ran).age <= within).astype(np.float64)
