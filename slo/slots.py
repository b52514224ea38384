"""Bad and total events per slot of 5 minutes: what the history keeps, and what budgets are summed from.

A slot holds what happened after its start and up to its end, so that a sample on the edge belongs to the slot it ends.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SLOT = 300
"""Seconds; every slot starts at a multiple of it since the epoch."""

Column = NDArray[np.float64]


class Slots(NamedTuple):
    """Slots one after another from ``start``, in seconds since the epoch.

    ``bad`` and ``total`` are in the SLI's unit. ``known`` is the seconds of a slot that samples vouch for: the rest is
    neither good nor bad. ``recovered`` is the seconds before that the slot's events stand for as well: a counter came
    back after a gap and told what it had counted, but not when.
    """

    start: int
    bad: Column
    total: Column
    known: Column
    recovered: Column

    @property
    def size(self) -> int:
        """How many."""
        return len(self.bad)

    @property
    def end(self) -> int:
        """Where the last one ends."""
        return self.start + self.size * SLOT

    @property
    def columns(self) -> tuple[Column, Column, Column, Column]:
        """All columns, in their order."""
        return self.bad, self.total, self.known, self.recovered

    def between(self, start: int, end: int) -> "Slots":
        """The slots of a span, not to be changed; those that are not held are unknown."""
        first, size = (start - self.start) // SLOT, (end - start) // SLOT
        if 0 <= first <= first + size <= self.size:
            return Slots(start, *(column[first : first + size] for column in self.columns))
        low, high = min(max(first, 0), self.size), min(max(first + size, 0), self.size)
        cut = Slots(start, *(np.zeros(size) for _ in range(4)))
        for column, own in zip(cut.columns, self.columns, strict=True):
            column[low - first : high - first] = own[low:high]
        return cut


def unknown(start: int, end: int) -> Slots:
    """Slots of which nothing is known."""
    return Slots(start, *(np.zeros((end - start) // SLOT) for _ in range(4)))


def fuller(one: Slots, other: Slots) -> Slots:
    """Slot by slot, of the same span, the one of which more is known: never the sum of both."""
    better = (other.known > one.known) | ((other.known == one.known) & (other.recovered > one.recovered))
    return Slots(
        one.start, *(np.where(better, b, a) for a, b in zip(one.columns, other.columns, strict=True))
    )


def added(one: Slots, other: Slots) -> Slots:
    """Events of two groups or regions over the same span; time is known where either is."""
    return Slots(
        one.start,
        one.bad + other.bad,
        one.total + other.total,
        np.maximum(one.known, other.known),
        np.maximum(one.recovered, other.recovered),
    )


def floor(at: float) -> int:
    """The edge of slots at a time or before it."""
    return int(at // SLOT) * SLOT
