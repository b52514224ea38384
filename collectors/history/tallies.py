"""What an SLI amounted to in each slot, from raw samples: the columns of ``slo.tally``, group by group."""

from collections.abc import Callable

import numpy as np

from collectors.history.counters import CARRY, Scrapes, grown
from collectors.history.gauges import down
from collectors.history.seconds import Frame, known, recovered
from collectors.history.wire import Raw
from slo.model import SLO
from slo.slots import Slots
from slo.source import Counted, Gauged, Source
from slo.tally import LOOKBACK

Find = Callable[[str], list[Raw]]
"""Gives the series of a selector."""

Group = tuple[tuple[str, str], ...]
"""Labels and values of one group, in the order of ``group_by``; empty for an SLO without."""

_DIGITS = 6  # noise beyond this would tell one way of cutting time from another


def selectors(source: Source) -> tuple[str, ...]:
    """What has to be read raw; nothing for what is no plain counter or gauge."""
    if isinstance(source, Gauged):
        return (source.gauge,)
    if isinstance(source, Counted) and not source.queried:
        return tuple(s for s in (source.total, source.bad, source.good) if s)
    return ()


def tallied(
    slo: SLO, source: Counted | Gauged, frame: Frame, find: Find, scrapes: Scrapes
) -> dict[Group, Slots]:
    """Slots of each group that has series."""
    first, *others = (_grouped(slo, find(one)) for one in selectors(source))
    if isinstance(source, Gauged):
        return {group: _timed(frame, series) for group, series in first.items()}
    part = others[0] if others else {}
    return {g: _counted(source, frame, series, part.get(g, []), scrapes) for g, series in first.items()}


def _grouped(slo: SLO, series: list[Raw]) -> dict[Group, list[Raw]]:
    groups: dict[Group, list[Raw]] = {}
    for one in series:
        groups.setdefault(tuple((name, one.labels.get(name, "")) for name in slo.group_by), []).append(one)
    return groups


def _counted(source: Counted, frame: Frame, total: list[Raw], part: list[Raw], scrapes: Scrapes) -> Slots:
    vouched, bridged = known(frame, total), recovered(frame, total, CARRY)
    events, some = grown(frame, total, scrapes), grown(frame, part, scrapes)
    if source.bad:
        return _slots(frame, some, events, vouched, bridged)
    bad = np.maximum(events - some, 0)
    if not source.strict:
        return _slots(frame, bad, events, vouched, bridged)
    # Without its good series the SLI is broken, not all bad: nothing is known of it.
    judged = known(frame, part) + recovered(frame, part, CARRY) > 0
    return _slots(frame, *(np.where(judged, x, 0) for x in (bad, events, vouched, bridged)))


def _timed(frame: Frame, series: list[Raw]) -> Slots:
    bad, vouched = down(frame, series)
    return _slots(frame, bad, vouched, vouched, np.zeros(frame.size))


def _slots(frame: Frame, *columns: np.ndarray) -> Slots:
    bad, total, seen, bridged = (np.asarray(np.round(one, _DIGITS) + 0.0, np.float64) for one in columns)
    return Slots(frame.start, bad, total, seen, bridged)


LEAD = int(2 * LOOKBACK)
"""Seconds before the first slot that are read as well: what a segment or a birth at its beginning follows."""

TAIL = int(LOOKBACK)
"""Seconds after the last slot that are read as well: a sample is vouched for by the next one."""
