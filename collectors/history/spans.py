"""Everything that a store keeps, as stretches of slots: what exports write."""

from collections.abc import Iterator
from itertools import groupby

import numpy as np

from collectors.history.errors import HistoryError
from collectors.history.packed import DAY, unpack
from collectors.history.store import Store, Stored
from slo.slots import Slots


def stretches(store: Store) -> Iterator[Stored]:
    """Each series' days that follow one another, joined."""
    for key, days in groupby(store.days(), lambda day: day.key):
        held: list[Slots] = []
        for day in days:
            try:
                slots = unpack(day.slots, day.day * DAY)
            except (ValueError, IndexError, KeyError) as error:
                raise HistoryError(key.slo_id, f"day {day.day}: {error}") from error
            if held and held[-1].end != slots.start:
                yield Stored(key, _joined(held))
                held = []
            held.append(slots)
        yield Stored(key, _joined(held))


def _joined(held: list[Slots]) -> Slots:
    bad, total, known, recovered = (
        np.concatenate(columns) for columns in zip(*(s.columns for s in held), strict=True)
    )
    return Slots(held[0].start, bad, total, known, recovered)
