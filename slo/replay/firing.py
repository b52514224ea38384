"""When the generated alerts fire: conditions at each evaluation, and spells of firing made of them.

The rules are those of ``alerts.burn`` and ``alerts.budget``; how an alert goes from pending to firing, and how
long it is kept, is Prometheus' ("Alerting rules", its manual).
"""

from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from slo import names
from slo.alerting import Notice
from slo.burnrate import BurnRate, Severity, threshold
from slo.model import SLO
from slo.replay.history import Flags, Values
from slo.replay.sums import carried, gathered, last
from slo.replay.windows import Ratios, Weighed
from slo.units import duration, number

_STANDS = timedelta(minutes=15)
_SPENT_STANDS = timedelta(hours=6)
_BURN: dict[Severity, str] = {"page": names.BURN_FAST, "ticket": names.BURN_SLOW}


class Condition(NamedTuple):
    """An alert, and for each of its rows the steps (groups by steps) at which that row is true."""

    alert: str
    severity: Severity
    rows: tuple[str, ...]
    true: tuple[Flags, ...]
    hold: int = 0
    keep: int = 0


class Spell(NamedTuple):
    """Steps from the first in which an alert fires up to, and without, ``end``; ``row`` was true at first."""

    start: int
    end: int
    row: int


def row_name(row: BurnRate) -> str:
    """A row in words: ``5m and 1h above 14.4x``."""
    return f"{duration(row.short)} and {duration(row.long)} above {number(row.factor)}x"


def burn_conditions(slo: SLO, ratios: Ratios, counts: Weighed, edge: int) -> Iterable[Condition]:
    """Both windows above the limit, and enough events seen; the last known short ratio stands for a while."""
    step = ratios.history.grid.step
    within = int(_STANDS.total_seconds()) // step - 1 + edge
    notices = {"page": slo.alerting.page, "ticket": slo.alerting.ticket}
    hold, keep = (_whole(length, step) for length in (slo.alerting.hold, slo.alerting.keep_firing_for))
    for severity, alert in _BURN.items():
        rows = [row for row in slo.policy if row.severity == severity]
        notice = notices[severity]
        if not rows or notice is False:
            continue
        name = notice.name if isinstance(notice, Notice) and notice.name else alert
        true = tuple(_burns(slo, ratios, counts, row, within) for row in rows)
        yield Condition(name, severity, tuple(map(row_name, rows)), true, hold, keep)


def budget_conditions(slo: SLO, spent: Values, ratios: Ratios, edge: int) -> Iterable[Condition]:
    """A share of the budget is spent; the longest window's rate would spend the rest soon.

    ``spent`` is the fraction at each step. A calendar window has no such rules.
    """
    step = ratios.history.grid.step
    reach = int(_SPENT_STANDS.total_seconds()) // step + edge
    highest = _highest(spent, reach)
    for share, following in pairwise((*slo.alerting.budget_spent, None)):
        assert share is not None  # noqa: S101 - only the last of the pairs is None
        true = highest >= float(share / 100)
        if following is not None:
            true &= highest < float(following / 100)
        yield Condition(names.BUDGET_SPENT, "ticket", (f"{number(share)} % spent",), (true,))
    if slo.alerting.empty_within:
        within = slo.alerting.empty_within.total_seconds()
        longest = ratios.over(slo.windows[-1])
        whole = float(int(slo.period.total_seconds()) * slo.budget)
        rest = np.divide((1 - spent) * whole, longest, out=np.full_like(longest, np.nan), where=longest > 0)
        true = (rest > 0) & (rest < within)
        yield Condition(
            names.BUDGET_EMPTY_SOON,
            "ticket",
            (f"empty within {duration(slo.alerting.empty_within)}",),
            (true,),
        )


def spells(condition: Condition, group: int, ran: Flags) -> list[Spell]:
    """Spells of firing of one group; where no rule ran, nothing changes."""
    rows = np.stack([true[group] for true in condition.true])
    if not ran.all():
        rows = gathered(rows, np.maximum(last(ran).step, 0))
    found: list[Spell] = []
    for start, end in runs(np.asarray(rows.any(axis=0))):
        kept = found[-1] if found and start <= found[-1].end else None
        if kept:
            # A spell that is kept goes on firing; it need not be pending again.
            found[-1] = kept._replace(end=end + condition.keep)
        elif end - start > condition.hold:
            first = start + condition.hold
            found.append(Spell(first, end + condition.keep, int(rows[:, first].argmax())))
    return found


def runs(flags: Flags) -> list[tuple[int, int]]:
    """Steps from the first true one of each run up to, and without, the first false one."""
    edges = np.diff(np.concatenate(([0], flags.astype(np.int8), [0])))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def _burns(slo: SLO, ratios: Ratios, counts: Weighed, row: BurnRate, within: int) -> Flags:
    limit = float(threshold(row.factor, slo.budget))
    true = (carried(ratios.over(row.short), within) > limit) & (ratios.over(row.long) > limit)
    for which, least in enumerate((slo.alerting.min_failures, slo.alerting.min_events)):
        if least:
            true &= counts.events(which, row.long) >= least
    return np.asarray(true)


def _highest(values: Values, reach: int) -> Values:
    """The maximum of the last ``reach`` steps, by doubling."""
    found = np.where(np.isnan(values), -np.inf, values)
    width = 1
    while width < reach:
        more = min(width, reach - width)
        found[..., more:] = np.maximum(found[..., more:], found[..., :-more])
        width += more
    return found


def _whole(length: timedelta | None, step: int) -> int:
    """Steps in a length, rounded up: an alert changes at an evaluation."""
    return -(-int(length.total_seconds()) // step) if length else 0
