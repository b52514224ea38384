"""Error ratios over windows, as PromQL on an SLO's own records of 5-minute rates.

Each is weighted by events: the sum of bad over the sum of total, never a mean of ratios. Up to an hour, windows are tiled
by slices that do not overlap, and equal raw windows; longer ones are sums over the recorded rates, to which the rate of
now adds what they don't count yet, so that a failure is told as early as by raw windows.
"""

from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from slo import names
from slo.burnrate import SHORTEST
from slo.units import duration, number

HALF_HOUR, HOUR, DAY = timedelta(minutes=30), timedelta(hours=1), timedelta(days=1)
# An SLO has many groups, but one objective.
JOIN = f"on ({names.SLO_ID}) group_left ()"

_MINUTE = timedelta(minutes=1)
_SLICE = int(SHORTEST.total_seconds())


class Pair(NamedTuple):
    """Selectors of a record of bad events and of one of all."""

    bad: str
    total: str


class Read(NamedTuple):
    """Selectors of what a window reads.

    ``zero`` is 0 for each group seen lately: one that vanished in mid-outage keeps its place in a sum. ``mark`` has a
    sample for each evaluation.
    """

    rates: Pair
    half_hours: Pair
    zero: str
    mark: str


def ratio(window: timedelta, read: Read, every: timedelta) -> str:
    """The error ratio over a window, times its coverage, where the rates are recorded every ``every``."""
    bad, total = (
        _events(window, rate, half_hour, read.zero, every)
        for rate, half_hour in zip(read.rates, read.half_hours, strict=True)
    )
    step = SHORTEST if window >= DAY else None
    return f"({bad}) / (({total}) > 0) * {JOIN} {coverage(window, read.mark, step or every, subquery=bool(step))}"


def coverage(window: timedelta, mark: str, every: timedelta, *, subquery: bool) -> str:
    """The share of a window in which rules were evaluated; a subquery looks every ``every``, whatever the mark's own pace."""
    step = f":{duration(every)}" if subquery else ""
    return f"clamp_max(count_over_time({mark}[{duration(window)}{step}]) / {window // every}, 1)"


def tiles(window: timedelta, rate: str, zero: str) -> str:
    """The sum of a window's slices; one that is missing adds 0, and does not make the sum vanish."""
    offsets = [SHORTEST * k for k in range(window // SHORTEST)]
    return " + ".join(f"({rate}{f' offset {duration(o)}' if o else ''} or {zero})" for o in offsets)


def _events(window: timedelta, rate: str, half_hour: str, zero: str, every: timedelta) -> str:
    """The events of a window, in some unit that is the same for bad and total."""
    now = f"({rate} or {zero})"
    if window >= DAY:
        # Slices end at full 5 minutes; what has passed of the next is told by the rate of now.
        since = f"time() % {_SLICE} / {_SLICE}"
        return f"sum_over_time({rate}[{duration(window)}:{duration(SHORTEST)}]) + {since} * {now}"
    if window == HALF_HOUR:
        return half_hour
    if window < HOUR:
        return tiles(window, rate, zero)
    # A sum of overlapping rates counts the last 5 minutes by half: the rate of now counts for the other half.
    half = number(Decimal(_SLICE) / 2 / int(every.total_seconds()))
    summed = f"sum_over_time({rate}[{window // _MINUTE - 3}m30s]) + {half} * {now}"
    if window == HOUR:
        # Where no rule ran half an hour ago, the sum loses nothing of what is known from before and after.
        return f"{half_hour} + {half_hour} offset {duration(HALF_HOUR)} or {summed}"
    return summed
