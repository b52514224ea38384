"""How far a history is, and what it lacks of the last hour."""

from functools import reduce
from typing import NamedTuple

from collectors.history.store import Store
from slo.model import Platform, slo_id
from slo.slots import SLOT, added, floor
from slo.source import Composed

SPAN = 3600
"""Seconds that are looked at."""


class Progress(NamedTuple):
    """``last`` is the end of the newest slot that is collected (0: there is none); ``unknown`` is seconds by SLO."""

    last: int
    unknown: dict[str, float]


def progress(platform: Platform, store: Store, until: float) -> Progress:
    """What is kept up to a time; an SLO of which nothing is kept lacks all of the span."""
    end = floor(until)
    marks = [mark.until for mark in store.watermarks().values()]
    simple = [
        slo_id(service, slo)
        for service in platform.services
        for slo in service.slos
        if not isinstance(slo.sli.source(service.name), Composed)
    ]
    return Progress(max(marks, default=0), {ident: _unknown(store, ident, end) for ident in simple})


def _unknown(store: Store, ident: str, end: int) -> float:
    """Groups and regions together: what one of them knows is known."""
    held = [one.slots for one in store.read(ident, end - SPAN // SLOT * SLOT, end)]
    return SPAN - float(reduce(added, held).known.sum()) if held else float(SPAN)
