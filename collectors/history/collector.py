"""Prometheus → history: what is new, what may have come late, and what lies further back."""

import logging
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from collectors.history.batches import Batch, Job, batches
from collectors.history.counters import CARRY
from collectors.history.seconds import Frame
from collectors.history.store import Collected, Key, Objective, Store, Stored
from collectors.history.tallies import TAIL
from collectors.history.window import Found, Server
from collectors.prometheus import PrometheusError
from slo.model import Platform, slo_id
from slo.slots import SLOT, floor, fuller
from slo.window import phrase

REREAD = 3600
"""Seconds that are read again every time, for what comes late."""

_WIDEST = 86400
_LEAST = TAIL + SLOT  # seconds that are read again in any case: a gap ends at most so much later
_ARRIVES = 30  # seconds for what was scraped to be there
_log = logging.getLogger(__name__)


class Region(NamedTuple):
    """Servers that scrape the same targets: one, or an HA pair."""

    name: str
    servers: tuple[Server, ...]


class Round(NamedTuple):
    """What one round did: slots that were read, and what could not be."""

    slots: int
    failures: tuple[str, ...]


class Collector:
    """Writes the slots of a platform's SLOs; several may run at once, and any may be ended at any time."""

    def __init__(self, platform: Platform, regions: tuple[Region, ...], store: Store) -> None:
        self._platform, self._regions, self._store = platform, regions, store
        self._batches = batches(platform)
        # What a scrape after a slot says of it is there: later, only what is late, or comes back after a gap.
        self.settled = min(TAIL, 2 * int(platform.scrape_interval.total_seconds())) + _ARRIVES

    def round(self, now: float, back: int = 0, reread: int = REREAD) -> Round:
        """Collect up to ``now``, and ``back`` seconds before it where that is not collected yet."""
        self._store.promise(
            {
                slo_id(s, o): Objective(floor(now), o.objective, phrase(o.window))
                for s in self._platform.services
                for o in s.slos
            }
        )
        slots = 0
        failures: list[str] = []
        until, reread = floor(now - self.settled), max(reread, _LEAST)
        for region in self._regions:
            marks = self._store.watermarks()
            for batch, mark in self._split(region, marks):
                try:
                    for frame in _frames(mark, until, back, reread):
                        slots += self._window(region, batch, frame, failures)
                except PrometheusError as error:
                    failures.append(str(error))
        for failure in dict.fromkeys(failures):
            _log.warning("%s", failure)
        return Round(slots, tuple(dict.fromkeys(failures)))

    def _split(
        self, region: Region, marks: dict[tuple[str, str], Collected]
    ) -> Iterator[tuple[Batch, Collected | None]]:
        """Batches, in parts that are collected equally far."""

        def mark(job: Job) -> tuple[int, int]:
            return marks.get((job.slo_id, region.name), Collected(-1, -1))

        for batch in self._batches:
            for at, jobs in groupby(sorted(batch.jobs, key=mark), mark):
                yield batch.of(tuple(jobs)), None if at[0] < 0 else Collected(*at)

    def _window(self, region: Region, batch: Batch, frame: Frame, failures: list[str]) -> int:
        best, answered = _fullest(region, batch, frame, failures)
        rows = [
            Stored(Key(job.slo_id, group, region.name, job.slo.sli.unit), slots)
            for job in batch.jobs
            for group, slots in best.get(job.slo_id, {}).items()
        ]
        # While a replica is away, what it may know is asked for again.
        self._store.write(rows, _marks(region, batch, frame, best) if answered else {})
        return frame.size * len(batch.jobs)


def _fullest(region: Region, batch: Batch, frame: Frame, failures: list[str]) -> tuple[Found, bool]:
    """The fuller replica in each slot, and whether all of them answered; an error when none did."""
    best: Found = {}
    errors = []
    for server in region.servers:
        broken: list[PrometheusError] = []
        try:
            found = server.slots(batch, frame, broken)
        except PrometheusError as error:
            errors.append(error)
            continue
        failures += map(str, broken)
        for name, groups in found.items():
            mine = best.setdefault(name, {})
            for group, slots in groups.items():
                mine[group] = fuller(mine[group], slots) if group in mine else slots
    if len(errors) == len(region.servers):
        raise errors[0]
    failures += map(str, errors)
    return best, not errors


def _marks(region: Region, batch: Batch, frame: Frame, best: Found) -> dict[tuple[str, str], Collected]:
    """A clock that ran ahead must not hide what is yet to come: only what is known, or long over, is collected."""
    marks = {}
    for job in batch.jobs:
        known = [s.known.nonzero()[0][-1] for s in best.get(job.slo_id, {}).values() if s.known.any()]
        last = frame.start + (int(max(known)) + 1) * SLOT if known else frame.start
        marks[job.slo_id, region.name] = Collected(frame.start, max(last, frame.end - CARRY))
    return marks


def _frames(mark: Collected | None, until: int, back: int, reread: int) -> Iterator[Frame]:
    """Windows, the new ones first and then days further and further back; each adjoins what is collected."""
    since = until - max(back, reread) // SLOT * SLOT
    if mark is None:
        first = until - reread // SLOT * SLOT
        mark = Collected(first, first)
        start = first
    elif mark.until > until:  # the clock was ahead once, or is behind now
        start = until - CARRY
    else:
        start = mark.until - reread // SLOT * SLOT
    while start < until:
        end = min(_next(start), until)
        yield Frame(start, (end - start) // SLOT)
        start = end
    end = min(mark.since, until)
    while end > since:
        start = max((end - SLOT) // _WIDEST * _WIDEST, since)
        yield Frame(start, (end - start) // SLOT)
        end = start


def _next(start: int) -> int:
    """The midnight after a time, in UTC."""
    return start // _WIDEST * _WIDEST + _WIDEST
