"""A store as a copy in another: a backup is a SQLite file, and a move to PostgreSQL is a restore."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from collectors.history.errors import HistoryError
from collectors.history.store import Day, Store


class Contents(NamedTuple):
    """What a store holds: days of slots, and a SHA-256 over everything in it."""

    days: int
    digest: str


class _Sum:
    """A digest of days as they go by."""

    def __init__(self) -> None:
        self._digest, self._count = hashlib.sha256(), 0

    def of(self, days: Iterable[Day]) -> Iterator[Day]:
        for day in days:
            self._digest.update(repr((day.key, day.day, day.hourly)).encode() + day.slots)
            self._count += 1
            yield day

    def contents(self, *others: object) -> Contents:
        for other in others:
            self._digest.update(repr(other).encode())
        return Contents(self._count, self._digest.hexdigest())


def contents(store: Store) -> Contents:
    """Read everything once; equal stores have equal digests, whatever database they are in."""
    found = _Sum()
    for _ in found.of(store.days()):
        pass
    return found.contents(sorted(store.watermarks().items()), sorted(store.objectives().items()))


def copy(source: Store, target: Store, where: str) -> Contents:
    """Copy into an empty store, read it back and compare; ``where`` names the target in an error."""
    # Watermarks come first: what is collected meanwhile is read again by who goes on from the copy.
    marks, objectives = source.watermarks(), source.objectives()
    copied = _Sum()
    target.adopt(copied.of(source.days()), marks, objectives)
    expected = copied.contents(sorted(marks.items()), sorted(objectives.items()))
    if contents(target) != expected:
        raise HistoryError(where, "the copy is not what was read from its source")
    return expected
