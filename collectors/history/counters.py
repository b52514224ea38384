"""Growth of counters by slot: last less previous sample, resets and births honoured (docs/decisions/0004)."""

from collections.abc import Callable, Iterable

import numpy as np

from collectors.history.seconds import Frame
from collectors.history.wire import Raw
from slo.slots import Column
from slo.tally import LOOKBACK

Target = tuple[str, str]
"""Job and instance."""

Scrapes = Callable[[set[Target]], dict[Target, Raw]]
"""Gives ``up`` of targets."""

CARRY = 86400
"""Seconds that a gap lasts at most for a counter's growth over it to be counted."""

_LOOKBACK = int(LOOKBACK * 1000)


def grown(frame: Frame, series: list[Raw], scrapes: Scrapes) -> Column:
    """Events of each slot that all series of one selector counted."""
    total = np.zeros(frame.size)
    for one in series:
        wide = np.diff(one.times) <= CARRY * 1000
        steps = np.diff(one.values)
        # After a reset, the new value counts whole.
        steps = np.where(steps < 0, one.values[1:], steps)
        total += frame.sums(one.times[1:][wide], steps[wide])
    born = _candidates(frame, series)
    if born:
        up = scrapes({target(one) for one, _ in born})
        ends = {(target(one), int(one.times[i])) for one in series for i in (*_ends(one), len(one.times) - 1)}
        for one, i in born:
            if _began(int(one.times[i]), target(one), up, ends):
                total += frame.sums(one.times[i : i + 1], one.values[i : i + 1])
    return total


def target(one: Raw) -> Target:
    """What was scraped for a series."""
    return one.labels.get("job", ""), one.labels.get("instance", "")


def _candidates(frame: Frame, series: Iterable[Raw]) -> list[tuple[Raw, int]]:
    """First samples within the frame, and those after a gap over which nothing can be told."""
    return [
        (one, i)
        for one in series
        for i in (0, *(end + 1 for end in _ends(one)))
        if frame.start * 1000 < one.times[i] <= frame.end * 1000
    ]


def _ends(one: Raw) -> list[int]:
    return [int(i) for i in np.flatnonzero(np.diff(one.times) > CARRY * 1000)]


def _began(at: int, where: Target, up: dict[Target, Raw], ends: set[tuple[Target, int]]) -> bool:
    """Whether the scrape before found the target and not the series: then it began at 0, unless it was renamed."""
    scraped = up.get(where)
    if scraped is None:
        return False
    i = int(np.searchsorted(scraped.times, at))
    if not 0 < i < len(scraped.times) or scraped.times[i] != at:
        return False
    before = int(scraped.times[i - 1])
    return bool(scraped.values[i - 1] == 1 and at - before <= _LOOKBACK and (where, before) not in ends)
