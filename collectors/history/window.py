"""One question's SLOs over one span of slots: a pure function of what the server keeps, so that it may be asked again.

Whatever way a month is cut into windows, and however often one is read, the slots are the same: what a slot needs
from before it is read as well.
"""

from collections.abc import Callable
from functools import cache

from collectors.api import Api
from collectors.history.batches import Batch, Job
from collectors.history.counters import CARRY, Target
from collectors.history.rates import rated
from collectors.history.reading import Reader
from collectors.history.seconds import Frame
from collectors.history.selectors import NAME, Selector, exactly, union
from collectors.history.tallies import LEAD, TAIL, Group, tallied
from collectors.history.wire import Matcher, Raw
from collectors.prometheus import PrometheusError
from slo.slots import Slots, fuller
from slo.source import Counted, Gauged

Found = dict[str, dict[Group, Slots]]
"""Slots by SLO id and group."""


class Server:
    """A Prometheus, or what speaks its API; ``replica`` is the label that tells HA replicas apart, if it keeps several."""

    def __init__(self, api: Api, replica: str = "") -> None:
        self.api = api
        self._reader = Reader(api)
        self._replica = replica
        self._taken: dict[tuple[tuple[Selector, ...], tuple[tuple[str, str], ...]], list[str]] = {}

    def slots(self, batch: Batch, frame: Frame, broken: list[PrometheusError]) -> Found:
        """What a batch's SLOs amounted to; ``PrometheusError`` when the server can't tell."""
        if not batch.selectors:
            return rated(self.api, batch.jobs, frame, broken)
        series = self._series(_matchers(batch), frame)
        scrapes = self._scrapes(frame)
        replicas = sorted({one.labels.get(self._replica, "") for one in series})
        several = len(replicas) > 1
        found: Found = {}
        for replica in replicas:
            own = (
                [one for one in series if one.labels.get(self._replica, "") == replica] if several else series
            )
            select = self._sorted(batch, own)
            for job in batch.jobs:
                groups = _tallied(job, frame, select.__getitem__, scrapes)
                best = found.setdefault(job.slo_id, {})
                for group, slots in groups.items():
                    best[group] = fuller(best[group], slots) if group in best else slots
        return found

    def _series(self, matchers: list[Matcher], frame: Frame) -> list[Raw]:
        """What is needed to judge the frame: a series that begins in it may have gone on after a gap."""
        until = frame.end + TAIL
        series = self._reader.read(matchers, frame.start - LEAD, until)
        begun = [one.labels for one in series if one.times[0] > frame.start * 1000]
        if not begun:
            return series
        labels = tuple(sorted({name for one in begun for name in one}))
        earlier = self._reader.read(exactly(begun, labels), frame.start - CARRY, frame.start - LEAD - 1)
        keys = {tuple(sorted(one.items())) for one in begun}
        ends = [int(one.times[-1]) for one in earlier if tuple(sorted(one.labels.items())) in keys]
        if not ends:
            return series
        return self._reader.read(matchers, min(ends) // 1000 - LEAD, until)

    def _scrapes(self, frame: Frame) -> Callable[[set[Target]], dict[Target, Raw]]:
        @cache
        def up(job: str, instance: str) -> Raw | None:
            if not job or not instance:
                return None
            asked = [(NAME, "=", "up"), ("job", "=", job), ("instance", "=", instance)]
            found = self._reader.read(asked, frame.start - LEAD, frame.end)
            return found[0] if found else None

        return lambda targets: {one: found for one in targets if (found := up(*one))}

    def _sorted(self, batch: Batch, series: list[Raw]) -> dict[str, list[Raw]]:
        """Series by the selectors that take them; one that can't be matched here was asked for alone."""
        found: dict[str, list[Raw]] = {one.text: [] for one in batch.selectors}
        for one in series:
            key = (batch.selectors, tuple(one.labels.items()))
            if key not in self._taken:
                self._taken[key] = [s.text for s in batch.selectors if not s.local or s.takes(one.labels)]
            for text in self._taken[key]:
                found[text].append(one)
        return found


def _tallied(
    job: Job,
    frame: Frame,
    find: Callable[[str], list[Raw]],
    scrapes: Callable[[set[Target]], dict[Target, Raw]],
) -> dict[Group, Slots]:
    assert isinstance(job.source, Counted | Gauged)  # noqa: S101 - only these have selectors
    return tallied(job.slo, job.source, frame, find, scrapes)


def _matchers(batch: Batch) -> list[Matcher]:
    if all(one.local for one in batch.selectors):
        return union(batch.selectors)
    return list(batch.selectors[0].matchers)
