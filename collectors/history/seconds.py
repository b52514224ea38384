"""Time that samples vouch for, and gaps over which only a counter's growth is known."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from collectors.history.wire import Raw
from slo.slots import SLOT, Column
from slo.tally import LOOKBACK

_LOOKBACK = int(LOOKBACK * 1000)


class Frame(NamedTuple):
    """The slots that are counted: the first one's start in seconds since the epoch, and how many."""

    start: int
    size: int

    @property
    def end(self) -> int:
        """Where the last slot ends."""
        return self.start + self.size * SLOT

    @property
    def edges(self) -> NDArray[np.int64]:
        """All edges, in milliseconds."""
        return (self.start + SLOT * np.arange(self.size + 1)) * 1000

    def sums(self, times: NDArray[np.int64], amounts: Column) -> Column:
        """Amounts by slot; what lies outside is not counted."""
        slots = (times - 1) // (SLOT * 1000) - self.start // SLOT
        inside = (slots >= 0) & (slots < self.size)
        return np.bincount(slots[inside], amounts[inside], self.size).astype(np.float64)


def known(frame: Frame, series: list[Raw]) -> Column:
    """Seconds of each slot in which at least one series is known: between samples at most ``LOOKBACK`` apart."""
    return _covered(frame, _union(np.concatenate([_runs(one.times) for one in series] or [_NONE])))


def recovered(frame: Frame, series: list[Raw], carry: int) -> Column:
    """Unknown seconds that a counter bridged, booked to the slot in which it came back; longer gaps than ``carry`` are lost."""
    booked = np.zeros(frame.size)
    gaps = _gaps(series, carry * 1000)
    if not len(gaps):
        return booked
    vouched = _union(np.concatenate([_runs(one.times) for one in series]))
    at, done = _cumulative(vouched)
    until = -np.inf
    for start, end in gaps[np.argsort(gaps[:, 1], kind="stable")]:
        first = max(start, until)
        if end > first:
            blind = (end - first) - (np.interp(end, at, done) - np.interp(first, at, done))
            booked += frame.sums(np.array([end]), np.array([blind / 1000]))
            until = end
    return booked


_NONE = np.empty((0, 2), dtype=np.int64)


def _runs(times: NDArray[np.int64]) -> NDArray[np.int64]:
    """(start, end) of stretches without a gap."""
    breaks = np.flatnonzero(np.diff(times) > _LOOKBACK)
    starts = times[np.concatenate(([0], breaks + 1))]
    return np.stack((starts, times[np.concatenate((breaks, [len(times) - 1]))]), axis=1)


def _gaps(series: list[Raw], carry: int) -> NDArray[np.int64]:
    """(start, end) of gaps over which a counter went on."""
    found = [_NONE]
    for one in series:
        wide = np.diff(one.times)
        kept = np.flatnonzero((wide > _LOOKBACK) & (wide <= carry) & (np.diff(one.values) >= 0))
        found.append(np.stack((one.times[kept], one.times[kept + 1]), axis=1))
    return np.concatenate(found)


def _union(intervals: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(intervals) < 2:  # noqa: PLR2004 - nothing to join
        return intervals
    ordered = intervals[np.argsort(intervals[:, 0], kind="stable")]
    reach = np.maximum.accumulate(ordered[:, 1])
    first = np.concatenate(([True], ordered[1:, 0] > reach[:-1]))
    return np.stack((ordered[first, 0], reach[np.append(np.flatnonzero(first)[1:] - 1, -1)]), axis=1)


def _cumulative(intervals: NDArray[np.int64]) -> tuple[Column, Column]:
    """Times, and the milliseconds that are covered up to each of them."""
    if not len(intervals):
        return np.zeros(1), np.zeros(1)
    done = np.zeros(intervals.size)
    lengths = np.cumsum(intervals[:, 1] - intervals[:, 0])
    done[1::2] = lengths
    done[2::2] = lengths[:-1]
    return intervals.ravel().astype(np.float64), done


def _covered(frame: Frame, intervals: NDArray[np.int64]) -> Column:
    at, done = _cumulative(intervals)
    return np.asarray(np.diff(np.interp(frame.edges, at, done)) / 1000)
