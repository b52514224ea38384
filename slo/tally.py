"""What an SLI amounted to over a period, from the raw samples of what it reads.

Counters are differenced sample by sample, so that a reset loses nothing that was scraped; a gauge is
weighted by time. Time that no sample vouches for is unknown: it is neither good nor bad.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from typing import NamedTuple

from slo.source import Counted, Gauged, Own, Source

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


def tally(source: Source, read: Read, own: Own) -> Tally:
    """Count what a source says in the series that ``read`` gives.

    What is no plain counter or gauge has no raw samples: its ``own`` records are summed over time instead, as
    exact as the rules.
    """
    if not isinstance(source, Counted | Gauged) or (isinstance(source, Counted) and source.queried):
        known = sum(end - start for start, end, _ in _segments(read(own.total)))
        amounts = tuple(_amounts(read(own.bad)))
        return Tally(_sum(amounts), _sum(_amounts(read(own.total))), known, amounts)
    if isinstance(source, Gauged):
        segments = list(_segments(read(source.gauge)))
        steps = tuple((end, (end - start) * bad) for start, end, bad in segments)
        known = sum(end - start for start, end, _ in segments)
        return Tally(_sum(steps), known, known, steps)
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
    steps = tuple((at, _sum(group)) for at, group in groupby(bad, itemgetter(0)))
    return Tally(max(_sum(steps), 0.0), _sum(total), known, steps)


def _amounts(rates: list[Series]) -> list[tuple[float, float]]:
    """Rates per second as amounts, in order of time; nothing is known over a longer gap than ``LOOKBACK``."""
    return sorted(
        (after.at, before.value * (after.at - before.at))
        for one in rates
        for before, after in pairwise(one.samples)
        if after.at - before.at <= LOOKBACK
    )


def _sum(steps: Iterable[tuple[float, float]]) -> float:
    return sum(amount for _, amount in steps)


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
