"""Native histograms in promtool's notation, for tests of generated rules.

Format: Prometheus' documentation, "Unit testing for rules", section "series". Prometheus 3 reads it, 2.42 does not.
"""

from collections.abc import Iterable
from decimal import Decimal
from math import ceil, floor, log2


def growing(pieces: Iterable[tuple[float, int]], events: float, edge: Decimal) -> str:
    """Values for each (share above ``edge``, steps), ``events`` a step; the first sample is empty.

    The buckets are powers of two, a good way below and above the edge: none holds it, so nothing is interpolated.
    """
    low, high = floor(log2(edge)) - 2, ceil(log2(edge)) + 3

    def text(good: float, bad: float) -> str:
        between = "0 " * (high - low - 1)
        buckets = f"[{good:.9g} {between}{bad:.9g}]"
        return f"{{{{schema:0 count:{good + bad:.9g} offset:{low} buckets:{buckets}}}}}"

    good = bad = 0.0
    parts = [text(0, 0)]
    for share, steps in pieces:
        rise = (events * (1 - share), events * share)
        growth = f"+{text(*rise)}" if events else ""
        parts.append(f"{text(good + rise[0], bad + rise[1])}{growth}x{steps - 1}")
        good, bad = good + rise[0] * steps, bad + rise[1] * steps
    return " ".join(parts)
