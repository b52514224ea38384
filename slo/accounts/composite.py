"""Composite SLOs from the slots of their parts: seconds, bad as the parts' error ratios say (``slo.sli.Composite``)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from slo.slots import Column, Slots
from slo.source import Composed


class Part(NamedTuple):
    """The groups of one part over the same span, and its weight."""

    groups: Sequence[Slots]
    weight: float


def composed(source: Composed, parts: Sequence[Part], weights: Column) -> Slots:
    """The slots of a composite; ``weights`` is the share of each slot that counts.

    A part without events is good, and a part with several groups is as bad as its worst. A weighted one is the mean
    of ratios over the period, so its bad seconds are the parts' bad events, scaled; the sums are those of the period.
    """
    slots = [one for part in parts for one in part.groups]
    known = np.max([one.known for one in slots], axis=0)
    recovered = np.max([one.recovered for one in slots], axis=0)
    if source.mode == "weighted":
        seconds = float((known * weights).sum())
        bad = sum((_scaled(part, weights, seconds) * part.weight for part in parts), np.zeros_like(known))
        bad = bad / sum(part.weight for part in parts)
    else:
        ratios = [np.max([_ratio(one) for one in part.groups], axis=0) for part in parts if part.groups]
        worst = (
            np.max(ratios, axis=0)
            if source.mode == "worst-of"
            else 1 - np.prod([1 - r for r in ratios], axis=0)
        )
        bad = worst * known
    return Slots(slots[0].start, bad, known.copy(), known, recovered)


def _ratio(one: Slots) -> Column:
    return np.divide(one.bad, one.total, out=np.zeros_like(one.bad), where=one.total > 0)


def _scaled(part: Part, weights: Column, seconds: float) -> Column:
    """Bad seconds of the part's worst group, as if its events were spread over the known time."""
    sums = [(float((g.bad * weights).sum()), float((g.total * weights).sum()), g.bad) for g in part.groups]
    judged = [(bad / total, total, column) for bad, total, column in sums if total > 0]
    if not judged:
        return np.zeros_like(weights)
    _, total, column = max(judged, key=lambda one: one[0])
    return column * (seconds / total)
