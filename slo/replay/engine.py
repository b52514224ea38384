"""A policy replayed over the history of one SLO."""

from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from slo import names
from slo.burnrate import SHORTEST, threshold
from slo.model import SLO
from slo.replay.firing import Condition, Spell, budget_conditions, burn_conditions, row_name, spells
from slo.replay.history import Grid, History, Values
from slo.replay.incidents import Stretch, detected, overlap, stretches
from slo.replay.outcome import Alert, Incident, Limit, Outcome, Point
from slo.replay.period import at_end_and_worst, spent_of
from slo.replay.timing import Timing
from slo.replay.windows import Mean, Ratios, Weighed
from slo.window import Calendar, phrase

_POINTS = 1200  # of a curve: more than a screen shows
_ON_BUDGET = frozenset({names.BUDGET_SPENT, names.BUDGET_EMPTY_SOON})


class Part(NamedTuple):
    """An SLO that a weighted composite is made of, and its weight."""

    slo: SLO
    history: History
    weight: float


class Case(NamedTuple):
    """An SLO by its id, its history, and how its rules are timed; ``parts`` of a weighted composite alone."""

    slo_id: str
    slo: SLO
    history: History
    timing: Timing
    parts: tuple[Part, ...] = ()


class _Seen(NamedTuple):
    """What all groups of a case share."""

    case: Case
    since: int
    ratio: Values
    spent: Values
    conditions: tuple[Condition, ...]


def replay(case: Case, since: float) -> list[Outcome]:
    """An outcome for each group, or the one of an SLO without; what comes before ``since`` only fills the windows."""
    slo, history, timing = case.slo, case.history, case.timing
    own = Weighed(slo, history, timing)
    ratios: Ratios = own
    if case.parts:
        parts = [(p.slo, Weighed(p.slo, p.history, timing), p.weight) for p in case.parts]
        ratios = Mean(history, parts)
    spent = spent_of(slo, own, ratios)
    conditions = [*burn_conditions(slo, ratios, own, int(timing.closed))]
    if not isinstance(slo.window, Calendar):
        conditions += budget_conditions(slo, spent, ratios, int(timing.closed))
    seen = _Seen(case, history.grid.step_at(since), ratios.over(SHORTEST), spent, tuple(conditions))
    return [_outcome(seen, group) for group in range(len(history.groups))]


def _outcome(seen: _Seen, group: int) -> Outcome:
    slo, history, since = seen.case.slo, seen.case.history, seen.since
    grid, ratio, budget = history.grid, seen.ratio[group], float(slo.budget)
    bad, total = (x[group, since:] for x in (history.bad, history.total))
    found = [
        (condition, spell)
        for condition in seen.conditions
        for spell in spells(condition, group, history.ran)
        if spell.end > since
    ]
    burns = {c.alert for c in seen.conditions if c.alert not in _ON_BUDGET}
    stretched = [s for s in stretches(ratio, budget, grid.step) if s.end > since]
    alerts = [
        Alert(
            alert=condition.alert,
            severity=condition.severity,
            row=condition.rows[spell.row],
            start=_moment(grid, spell.start),
            end=_end(grid, spell.end),
            peak_burn=_peak(ratio[spell.start : spell.end]) / budget,
            incident=any(overlap(s, spell) for s in stretched) if condition.alert in burns else None,
        )
        for condition, spell in found
    ]
    fired = {
        severity: [spell for c, spell in found if c.severity == severity and c.alert in burns]
        for severity in ("page", "ticket")
    }
    whole = _expected(total, slo) * budget
    incidents = [_incident(seen, group, one, fired, whole) for one in stretched]
    at_end, at_worst = at_end_and_worst(seen.spent[group, since:])
    events = np.nansum(total)
    return Outcome(
        slo_id=seen.case.slo_id,
        group=dict(history.groups[group]),
        objective=float(slo.objective),
        window=phrase(slo.window),
        unit=slo.sli.unit,
        limits=tuple(
            Limit(severity=row.severity, row=row_name(row), ratio=float(threshold(row.factor, slo.budget)))
            for row in slo.policy
        ),
        known=float(np.mean(~np.isnan(total))) if total.size else 0.0,
        spent=at_end,
        spent_at_worst=at_worst,
        spent_of_history=float(np.nansum(bad) / (events * budget)) if events else None,
        alerts=tuple(sorted(alerts, key=lambda a: (a.start, a.severity, a.alert))),
        incidents=tuple(incidents),
        curve=_curve(grid, since, ratio, seen.spent[group]),
    )


def _incident(seen: _Seen, group: int, one: Stretch, fired: dict[str, list[Spell]], whole: float) -> Incident:
    history = seen.case.history
    grid = history.grid
    bad = float(np.nansum(history.bad[group, one.start : one.end])) * grid.step
    return Incident(
        start=_moment(grid, one.start),
        end=_end(grid, one.end),
        peak_burn=_peak(seen.ratio[group, one.start : one.end]) / float(seen.case.slo.budget),
        budget_spent=bad / whole if whole else 0.0,
        page_after=detected(one, fired["page"], grid.step),
        ticket_after=detected(one, fired["ticket"], grid.step),
    )


def _expected(total: Values, slo: SLO) -> float:
    """Events of a whole window at the history's mean rate."""
    known = total[~np.isnan(total)]
    return float(known.mean() * slo.period.total_seconds()) if known.size else 0.0


def _curve(grid: Grid, since: int, ratio: Values, spent: Values) -> tuple[Point, ...]:
    """The worst of each slice, so that a peak is never thinned out."""
    size = max(1, -(-(grid.size - since) // _POINTS))
    slices = range(since, grid.size, size)
    ratios = (_most(ratio[i : i + size]) for i in slices)
    spents = (_most(spent[i : i + size]) for i in slices)
    return tuple(
        Point(at=_moment(grid, i), ratio=worst, left=None if most is None else 1 - most)
        for i, worst, most in zip(slices, ratios, spents, strict=True)
    )


def _most(values: Values) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.max()) if known.size else None


def _peak(values: Values) -> float:
    return _most(values) or 0.0


def _moment(grid: Grid, step: int) -> datetime:
    return datetime.fromtimestamp(grid.start + step * grid.step, UTC)


def _end(grid: Grid, step: int) -> datetime | None:
    """None for what lasts to the end of the history."""
    return _moment(grid, step) if step < grid.size else None
