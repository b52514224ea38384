"""Gauges of 0 and 1 by slot: bad time, weighted by how long each value held."""

import numpy as np

from collectors.history.seconds import Frame
from collectors.history.wire import Raw
from slo.slots import Column
from slo.tally import LOOKBACK


def down(frame: Frame, series: list[Raw]) -> tuple[Column, Column]:
    """Bad seconds and known seconds of each slot; several series share the time that they are known.

    A value holds until the next one; over a longer gap than ``LOOKBACK`` nothing is known.
    """
    starts, ends, bads = [], [], []
    for one in series:
        near = np.diff(one.times) <= LOOKBACK * 1000
        starts.append(one.times[:-1][near])
        ends.append(one.times[1:][near])
        bads.append(1 - one.values[:-1][near])
    first, last, bad = (np.concatenate(x) if x else np.zeros(0) for x in (starts, ends, bads))
    if not first.size:
        return np.zeros(frame.size), np.zeros(frame.size)
    times = np.concatenate((first, last))
    order = np.argsort(times, kind="stable")
    at = times[order].astype(np.float64)
    alive = np.cumsum(np.repeat((1, -1), first.size)[order])
    badness = np.cumsum(np.concatenate((bad, -bad))[order])
    share = np.divide(badness, alive, out=np.zeros_like(badness), where=alive > 0)
    width = np.diff(at)
    spent = np.concatenate(([0.0], np.cumsum(width * share[:-1])))
    vouched = np.concatenate(([0.0], np.cumsum(width * (alive[:-1] > 0))))
    edges = frame.edges
    return tuple(np.diff(np.interp(edges, at, x)) / 1000 for x in (spent, vouched))  # type: ignore[return-value]
