"""A store as a copy in another: a backup is a SQLite file, and a move to PostgreSQL is a restore."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from collectors.history.errors import HistoryError
from collectors.history.store import Day, Key, Store

_EPOCH = date(1970, 1, 1).toordinal()


class Contents(NamedTuple):
    """What a store holds: series and their days, the first and the last since the epoch, and a SHA-256 of all of it."""

    series: int
    days: int
    first: int
    last: int
    digest: str

    def __str__(self) -> str:
        """For people: how much, of which time, and the digest."""
        if not self.days:
            return f"nothing, sha256 {self.digest}"
        first, last = (date.fromordinal(_EPOCH + day).isoformat() for day in (self.first, self.last))
        return f"{self.series:,} series, {self.days:,} days of them, from {first} to {last}, sha256 {self.digest}"


class _Sum:
    """A digest of days as they go by."""

    def __init__(self) -> None:
        self._digest, self._count = hashlib.sha256(), 0
        self._series: set[Key] = set()
        self._days: set[int] = set()

    def of(self, days: Iterable[Day]) -> Iterator[Day]:
        for day in days:
            self._digest.update(repr((day.key, day.day, day.hourly)).encode() + day.slots)
            self._count += 1
            self._series.add(day.key)
            self._days.add(day.day)
            yield day

    def contents(self, *others: object) -> Contents:
        for other in others:
            self._digest.update(repr(other).encode())
        first, last = min(self._days, default=0), max(self._days, default=0)
        return Contents(len(self._series), self._count, first, last, self._digest.hexdigest())


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
