"""Sums over sliding windows, and the look-ups of PromQL, along the last axis."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from slo.replay.history import Flags, Values


class Sums:
    """Sums of the last ``width`` steps, built by doubling.

    Differences of a running total would be quicker and wrong: after a busy day, an idle hour would sum to a
    rounding error instead of 0. Missing values add nothing.
    """

    def __init__(self, values: Values) -> None:
        self._doubled = [np.nan_to_num(values)]

    def over(self, width: int) -> Values:
        """Sums of as many steps up to each one, fewer at the beginning."""
        total = np.zeros_like(self._doubled[0])
        offset = 0
        for bit in range(width.bit_length()):
            if bit == len(self._doubled):
                last = self._doubled[-1]
                self._doubled.append(last + shifted(last, 1 << (bit - 1), 0.0))
            if width >> bit & 1:
                total += shifted(self._doubled[bit], offset, 0.0)
                offset += 1 << bit
        return total


class Lookup(NamedTuple):
    """The step of the last value up to each one, -1 where there is none; and the distance to it."""

    step: NDArray[np.int64]
    age: NDArray[np.int64]


def shifted(values: Values, steps: int, fill: float = np.nan) -> Values:
    """Values of ``steps`` before."""
    if not steps:
        return values
    moved = np.full_like(values, fill)
    moved[..., steps:] = values[..., :-steps]
    return moved


def last(known: Flags) -> Lookup:
    """Where the last known value is."""
    steps = np.arange(known.shape[-1])
    found = np.maximum.accumulate(np.where(known, steps, -1), axis=-1)
    return Lookup(found, np.where(found < 0, known.shape[-1], steps - found))


def carried(values: Values, within: int) -> Values:
    """The last known value, for ``within`` steps at most."""
    found = last(~np.isnan(values))
    taken = np.take_along_axis(values, np.maximum(found.step, 0), axis=-1)
    return np.where(found.age <= within, taken, np.nan)


def gathered(values: Values, steps: NDArray[np.int64]) -> Values:
    """Values of other steps of the same row."""
    return np.asarray(values[..., steps])
