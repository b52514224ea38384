"""Incidents: stretches in which an SLO burns its budget faster than its window allows.

An incident begins when the error ratio of 5 minutes exceeds the budget (a burn rate above 1). It lasts until the
ratio has been at or below the budget for 15 minutes; a ratio that is not known meanwhile stays what it was, as it
does for the alerts. What lasts no longer than 5 minutes is none: so long does a single failed request stay in a
rate of 5 minutes.
"""

from typing import NamedTuple

import numpy as np

from slo.replay.firing import Spell, runs
from slo.replay.history import Values
from slo.replay.sums import carried

_CALM = 900
_BLIP = 300


class Stretch(NamedTuple):
    """Steps of one incident, from ``start`` up to, and without, ``end``."""

    start: int
    end: int


def stretches(ratio: Values, budget: float, step: int) -> list[Stretch]:
    """Incidents in the error ratios of one group, a row of steps."""
    known = carried(ratio, _CALM // step)
    found: list[Stretch] = []
    for start, end in runs(np.asarray(known > budget)):
        if found and (start - found[-1].end) * step < _CALM:
            found[-1] = Stretch(found[-1].start, end)
        else:
            found.append(Stretch(start, end))
    return [one for one in found if (one.end - one.start) * step > _BLIP]


def detected(one: Stretch, spells: list[Spell], step: int) -> float | None:
    """Seconds from an incident's start to the first spell within it; negative where one was firing already."""
    within = [s.start - one.start for s in spells if overlap(one, s)]
    return float(min(within) * step) if within else None


def overlap(one: Stretch, spell: Spell) -> bool:
    """Whether both have a step in common."""
    return spell.start < one.end and one.start < spell.end
