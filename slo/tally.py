"""What an SLI amounted to over a period, from the raw samples of what it reads.

Counters are differenced sample by sample, so that a reset loses nothing that was scraped; a gauge is
weighted by time. Time that no sample vouches for is unknown: it is neither good nor bad.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from typing import NamedTuple

from slo.source import Counted, Gauged

LOOKBACK = 300.0
"""Seconds that a sample speaks for at most: Prometheus' own lookback (its manual, "Staleness")."""

# Prometheus writes it with the time of every scrape, 1 where it succeeded.
_SCRAPED = "up"


class Sample(NamedTuple):
    """A value of a series at a time in seconds since the epoch."""

    at: float
    value: float


class Series(NamedTuple):
    """Samples in order of time, and the target (job, instance) that was scraped for them."""

    samples: Sequence[Sample]
    target: tuple[str, str] = ("", "")


Read = Callable[[str], list[Series]]
"""Gives every series that a selector matches over the period."""


class Tally(NamedTuple):
    """Bad and total in the SLI's unit; ``known`` in seconds; ``steps`` are (time, bad) increments."""

    bad: float
    total: float
    known: float
    steps: tuple[tuple[float, float], ...]


def tally(source: Counted | Gauged, read: Read) -> Tally:
    """Count what a source says in the series that ``read`` gives."""
    if isinstance(source, Gauged):
        segments = list(_segments(read(source.gauge)))
        steps = tuple((end, (end - start) * bad) for start, end, bad in segments)
        known = sum(end - start for start, end, _ in segments)
        return Tally(sum(bad for _, bad in steps), known, known, steps)
    totals, scrapes = read(source.total), read(_SCRAPED)
    known = sum(end - start for start, end, _ in _segments(totals))
    total = _events(totals, scrapes)
    if source.bad:
        bad = _events(read(source.bad), scrapes)
    else:
        good = read(source.good)
        # Without its good series the SLI is broken, not all bad: nothing is known of it.
        if not good:
            return Tally(0, 0, 0, ())
        bad = sorted([*total, *((at, -grown) for at, grown in _events(good, scrapes))])
    steps = tuple((at, sum(map(itemgetter(1), group))) for at, group in groupby(bad, itemgetter(0)))
    return Tally(max(sum(map(itemgetter(1), steps)), 0.0), sum(map(itemgetter(1), total)), known, steps)


def _events(series: list[Series], scrapes: list[Series]) -> list[tuple[float, float]]:
    """Increments of all counters in order of time."""
    grown = (
        (after.at, after.value - before.value if after.value >= before.value else after.value)
        for one in series
        for before, after in pairwise(one.samples)
    )
    return sorted([*grown, *_births(series, scrapes)])


def _births(series: list[Series], scrapes: list[Series]) -> Iterable[tuple[float, float]]:
    """First values that count whole: a counter that a scrape finds, and the one before it did not, began at 0.

    Where counting starts, there is no scrape before. A series that takes over from one that ended is the same
    counter under new labels, so its value is no news.
    """
    firsts = {(one.target, one.samples[0].at) for one in series}
    ends = {(one.target, one.samples[-1].at) for one in series}
    earlier = {
        (scraped.target, after.at): before
        for scraped in scrapes
        for before, after in pairwise(scraped.samples)
        if (scraped.target, after.at) in firsts and before.value == 1
    }
    for one in series:
        first = one.samples[0]
        scrape = earlier.get((one.target, first.at))
        if scrape and first.at - scrape.at <= LOOKBACK and (one.target, scrape.at) not in ends:
            yield first.at, first.value


def _segments(gauges: Iterable[Series]) -> Iterable[tuple[float, float, float]]:
    """(start, end, badness) where at least one series is known; badness is their mean ``1 - value``.

    A value holds until the next one; over a longer gap than ``LOOKBACK`` nothing is known.
    """
    edges: list[tuple[float, int, float]] = []
    for one in gauges:
        for before, after in pairwise(one.samples):
            if after.at - before.at <= LOOKBACK:
                bad = 1 - before.value
                edges += [(before.at, 1, bad), (after.at, -1, -bad)]
    alive, badness = 0, 0.0
    for (at, change, bad), (end, _, _) in pairwise(sorted(edges)):
        alive, badness = alive + change, badness + bad
        if alive and end > at:
            yield at, end, badness / alive
