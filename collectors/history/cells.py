"""Slots of one series as rows of a column store: only those of which something is known, or a whole day of hours."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from collectors.history.packed import DAY, Columns, kept, unpacked
from collectors.history.store import Day, Key
from slo.slots import SLOT, Slots

COLUMNS = ("slot", "hourly", "bad", "total", "known", "recovered", "fullness")
_HOURS = 1 << 62  # hours are never replaced by slots
_KNOWN = 1 << 34  # above all that is recovered, in hundredths of milliseconds


class Cells(NamedTuple):
    """``slots`` are their starts in seconds since the epoch; times are in milliseconds, as ``packed`` has them."""

    key: Key
    slots: NDArray[np.uint32]
    hourlies: NDArray[np.uint8]
    bad: NDArray[np.float64]
    total: NDArray[np.float64]
    known: NDArray[np.float64]
    recovered: NDArray[np.float64]
    fullness: NDArray[np.uint64]

    @property
    def size(self) -> int:
        """How many."""
        return len(self.slots)

    @property
    def columns(self) -> tuple[NDArray[Any], ...]:
        """All but the key, in the order of ``COLUMNS``."""
        return self[1:]

    @property
    def hourly(self) -> bool:
        """Whether they are hours."""
        return bool(self.hourlies.any())

    def spread(self, start: int, end: int) -> Columns:
        """Columns over a span, zero where there is no cell."""
        at = (self.slots.astype(np.int64) - start) // SLOT
        whole = tuple(np.zeros((end - start) // SLOT) for _ in range(4))
        for column, own in zip(whole, (self.bad, self.total, self.known, self.recovered), strict=True):
            column[at] = own
        bad, total, known, recovered = whole
        return bad, total, known, recovered

    def days(self) -> Iterator[tuple[int, "Cells"]]:
        """Day by day since the epoch."""
        of = self.slots // DAY
        for day in np.unique(of):
            inside = of == day
            yield int(day), Cells(self.key, *(one[inside] for one in self.columns))


def of_slots(key: Key, slots: Slots) -> Cells:
    """What is known of slots."""
    columns = kept(slots)
    return _cells(
        key, slots.start, columns, np.any([column != 0 for column in columns], axis=0), hourly=False
    )


def of_hours(key: Key, day: Slots) -> Cells:
    """A whole day of hours."""
    return _cells(key, day.start, kept(day), np.ones(day.size, dtype=np.bool_), hourly=True)


def of_day(day: Day) -> Cells:
    """A day that another store kept."""
    columns = unpacked(day.slots)
    held = np.any([column != 0 for column in columns], axis=0) | day.hourly
    # A day of which nothing is known is one all the same.
    held[0] |= not held.any()
    return _cells(day.key, day.day * DAY, columns, held, hourly=day.hourly)


def _cells(key: Key, start: int, columns: Columns, held: NDArray[np.bool_], *, hourly: bool) -> Cells:
    at = np.flatnonzero(held)
    bad, total, known, recovered = (column[at] for column in columns)
    fullness = np.rint(known * 100).astype(np.uint64) * np.uint64(_KNOWN) + np.rint(recovered * 100).astype(
        np.uint64
    )
    return Cells(
        key,
        (start + SLOT * at).astype(np.uint32),
        np.full(len(at), hourly, dtype=np.uint8),
        bad,
        total,
        known,
        recovered,
        fullness + np.uint64(_HOURS if hourly else 0),
    )
