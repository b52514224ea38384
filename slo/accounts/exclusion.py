"""What is left out of the adjusted figures: planned work that someone approved, and that lies in the past."""

from collections.abc import Iterable

import numpy as np

from slo.slots import SLOT, Column, Slots
from slo.window import Span


def kept(slots: Slots, excluded: Iterable[Span]) -> Column:
    """The share of each slot that no span covers; spans may overlap."""
    joined = _union(excluded)
    if not joined:
        return np.ones(slots.size)
    # What is covered up to a time grows within spans, and stands still between them.
    times = np.array(joined).ravel()
    covered = np.cumsum([end - start for start, end in joined])
    grown = np.column_stack((np.append(0.0, covered[:-1]), covered)).ravel()
    edges = slots.start + SLOT * np.arange(slots.size + 1.0)
    return np.asarray(np.clip(1 - np.diff(np.interp(edges, times, grown)) / SLOT, 0.0, 1.0))


def _union(spans: Iterable[Span]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for start, end in sorted((s.start.timestamp(), s.end.timestamp()) for s in spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined
