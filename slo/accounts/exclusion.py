"""What is left out of the adjusted figures: planned work that someone approved, and that lies in the past."""

from collections.abc import Iterable

import numpy as np

from slo.slots import SLOT, Column, Slots
from slo.window import Span


def kept(slots: Slots, excluded: Iterable[Span]) -> Column:
    """The share of each slot that no span covers; spans may overlap."""
    edges = slots.start + SLOT * np.arange(slots.size + 1.0)
    covered = np.zeros(slots.size)
    for start, end in _union(excluded):
        covered = covered + np.diff(np.clip(edges, start, end)) / SLOT
    return np.clip(1 - covered, 0.0, 1.0)


def _union(spans: Iterable[Span]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for start, end in sorted((s.start.timestamp(), s.end.timestamp()) for s in spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined
