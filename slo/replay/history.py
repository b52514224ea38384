"""What is known of an SLO over time: bad and total rates on a grid of evaluations."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
"""Groups by steps; NaN where nothing is known."""

Flags = NDArray[np.bool_]

Labels = tuple[tuple[str, str], ...]
"""Of one group, sorted; empty for an SLO without ``group_by``."""

# A grid begins where windows of days and their steps of 2 and 5 minutes do.
ALIGNED = 600


class Grid(NamedTuple):
    """Evaluations: the first in seconds since the epoch, a multiple of ``ALIGNED``; seconds between them; how many."""

    start: int
    step: int
    size: int

    @property
    def end(self) -> int:
        """The time of the last evaluation."""
        return self.start + (self.size - 1) * self.step

    def step_at(self, at: float) -> int:
        """The first evaluation at a time or after it."""
        return int(min(max(-(-(at - self.start) // self.step), 0), self.size))


class Points(NamedTuple):
    """One series: its labels, and values at times in seconds since the epoch."""

    labels: dict[str, str]
    times: Sequence[float]
    values: Sequence[float]


class History(NamedTuple):
    """Rates per second of one SLO's bad and total; ``ran`` says at which steps its rules were evaluated."""

    grid: Grid
    groups: tuple[Labels, ...]
    bad: Values
    total: Values
    ran: Flags


def history(grid: Grid, bad: Sequence[Points], total: Sequence[Points], running: Flags) -> History:
    """Series on a grid; an SLO's rules are taken to run from the first thing that is known of it."""
    groups = tuple(sorted({_labels(one) for one in (*bad, *total)}))
    rows = {group: number for number, group in enumerate(groups)}
    bads, totals = _placed(grid, rows, bad), _placed(grid, rows, total)
    seen = np.flatnonzero(~np.isnan(totals).all(axis=0)) if groups else np.array([], dtype=np.int64)
    ran = running.copy()
    ran[: seen[0] if len(seen) else grid.size] = False
    # Where no rule ran, nothing was recorded.
    return History(grid, groups, np.where(ran, bads, np.nan), np.where(ran, totals, np.nan), ran)


def present(grid: Grid, found: Sequence[Points]) -> Flags:
    """Steps at which any of the series has a value."""
    flags = np.zeros(grid.size, dtype=np.bool_)
    for one in found:
        flags[_steps(grid, one)] = True
    return flags


def _placed(grid: Grid, rows: dict[Labels, int], found: Sequence[Points]) -> Values:
    values = np.full((len(rows), grid.size), np.nan)
    for one in found:
        values[rows[_labels(one)], _steps(grid, one)] = one.values
    return values


def _steps(grid: Grid, one: Points) -> NDArray[np.int64]:
    return np.rint((np.asarray(one.times, dtype=np.float64) - grid.start) / grid.step).astype(np.int64)


def _labels(one: Points) -> Labels:
    return tuple(sorted(one.labels.items()))
