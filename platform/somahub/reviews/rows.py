"""A row of a review, from what the history holds of one budget."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from alerts.paging.incident import Incident
from collectors.history.ledger import Held
from slo.accounts import account, forecast, kept
from slo.accounts.account import Unknown
from slo.budgetpolicy import BudgetPolicy
from slo.sli import Aggregate, Composite
from slo.slots import SLOT, Column, Slots, floor
from slo.window import Span, phrase
from somahub.reviews.costs import Budget, Charged, costs
from somahub.reviews.curves import curve, days, worst_days, worst_hours
from somahub.reviews.figures import NOTHING, Judged, completeness, figures, judge, rounded, verdict
from somahub.reviews.model import Action, Day, Forecast, Month, Objective, Period, Region, Row
from somahub.reviews.periods import seconds

_PAST = 28 * 86400


class Terms(NamedTuple):
    """What rows of a review have in common; ``titles`` are those of the ``incidents`` by their numbers, if a pager was asked.

    ``services`` has the service of each SLO by its id.
    """

    period: Period
    months: Sequence[Period]
    unknown: Unknown
    policy: BudgetPolicy
    incidents: Sequence[Incident] | None
    titles: Mapping[int, str]
    services: Mapping[str, str]


class Made(NamedTuple):
    """A row, the costs of its incidents, and the first and the last second of which anything is known."""

    row: Row
    charged: list[Charged]
    known: tuple[int, int] | None


def make(held: Held, excluded: Sequence[Span], terms: Terms) -> Made:
    """Judge one budget; ``excluded`` reaches from the first of the months to the period's end."""
    period, span = terms.period, seconds(terms.period)
    slots, promises, sli = _around(held.slots(span), period), held.promises, held.slo.sli
    parts = tuple(sli.of) if isinstance(sli, Composite) else (sli.of,) if isinstance(sli, Aggregate) else ()
    keep = kept(slots, excluded)
    now = judge(slots, span, promises, terms.unknown, keep)
    other = account(slots, span, promises, "bad" if terms.unknown == "ignore" else "ignore", keep)
    services = frozenset({held.service.name, *(terms.services[part] for part in parts)})
    charged = costs(terms.incidents or (), Budget(held, slots, period, now.adjusted, keep, services))
    each = days(slots, period, now.adjusted, keep)
    worst = worst_days(each)
    missed = verdict(now.adjusted) == "missed"
    cause, spent = _cause(charged, worst, terms) if missed else ("", None)
    row = Row(
        slo_id=held.slo_id,
        service=held.service.name,
        name=held.slo.name,
        description=held.slo.description,
        team=held.service.owner,
        tier=held.service.tier,
        group=dict(held.group),
        kind=sli.kind,
        of=parts,
        unit=sli.unit,
        window=phrase(held.slo.window),
        objectives=_objectives(held, period),
        raw=figures(now.raw),
        adjusted=figures(now.adjusted),
        completeness=completeness(now.adjusted, certain=verdict(now.adjusted) == verdict(other) != "unknown"),
        months=tuple(_month(held, one, excluded, terms.unknown) for one in terms.months),
        burn_down=curve(slots, period, now.raw, now.adjusted, keep),
        days=each,
        worst_days=worst,
        worst_hours=worst_hours(slots, period, now.adjusted, keep),
        regions=tuple(_region(name, held, own, keep, terms) for name, own in sorted(held.regions.items())),
        incidents=tuple(one.number for one in charged),
        actions=tuple(
            Action(action=rule.action, spent=rule.spent, text=rule.text)
            for rule in terms.policy.due(now.adjusted.spent, held.service.tier)
        ),
        forecast=_forecast(slots, period, now, keep) if period.running else None,
        cause=cause,
        cause_spent=spent,
    )
    return Made(row, charged, _known(slots, period))


def _around(slots: Slots, period: Period) -> Slots:
    """The period's slots; while it is running, those before it as well that a forecast draws from."""
    start, _, until = seconds(period)
    first = start - _PAST if period.running else start
    return slots.between(floor(first), -(-until // SLOT) * SLOT)


def _objectives(held: Held, period: Period) -> tuple[Objective, ...]:
    """The one that was in force when the period began, and those that came since."""
    start, _, until = seconds(period)
    before = [one for one in held.noted if one.since <= start] or [held.noted[0]]
    since = [one for one in held.noted if start < one.since < until and one is not before[-1]]
    return tuple(
        Objective(
            since=None if one is before[-1] else datetime.fromtimestamp(one.since, UTC),
            objective=one.objective,
            window=one.period,
        )
        for one in (before[-1], *since)
    )


def _month(held: Held, month: Period, excluded: Sequence[Span], unknown: Unknown) -> Month:
    span = seconds(month)
    slots = held.slots(span).between(floor(span.start), -(-span.until // SLOT) * SLOT)
    some = [one for one in excluded if one.start < month.at and one.end > month.start]
    if not slots.known.any() and not slots.total.any():
        return Month(month=month.name, known=0.0, raw=NOTHING, adjusted=NOTHING)
    told = judge(slots, span, held.promises, unknown, kept(slots, some) if some else None)
    known = told.raw.known / told.raw.elapsed if told.raw.elapsed else 0.0
    return Month(
        month=month.name, known=rounded(known), raw=figures(told.raw), adjusted=figures(told.adjusted)
    )


def _region(name: str, held: Held, slots: Slots, keep: Column, terms: Terms) -> Region:
    told = judge(_around(slots, terms.period), seconds(terms.period), held.promises, terms.unknown, keep)
    known = told.raw.known / told.raw.elapsed if told.raw.elapsed else 0.0
    return Region(region=name, known=rounded(known), raw=figures(told.raw), adjusted=figures(told.adjusted))


def _forecast(slots: Slots, period: Period, now: Judged, keep: Column) -> Forecast | None:
    found = forecast(slots, seconds(period), now.adjusted, keep)
    if found is None:
        return None
    after = found.empty_after
    return Forecast(
        low=rounded(found.low),
        middle=rounded(found.middle),
        high=rounded(found.high),
        empty_at=None
        if after is None
        else datetime.fromtimestamp(period.at.timestamp() + after // SLOT * SLOT, UTC),
    )


def _cause(charged: Sequence[Charged], worst: Sequence[Day], terms: Terms) -> tuple[str, float | None]:
    """The dearest incident, unless a day cost more than twice as much: no incident tells of that."""
    day = worst[0] if worst else None
    most = charged[0].cost.spent if charged else None
    if most is not None and (day is None or most * 2 >= (day.spent or 0)):
        return f"#{charged[0].number} {terms.titles[charged[0].number]}", most
    if day is None:
        return "unknown time that counts as bad", None
    untold = ", of which no incident tells" if terms.incidents is not None else ""
    return f"failures of {day.date}{untold}", day.spent


def _known(slots: Slots, period: Period) -> tuple[int, int] | None:
    span = seconds(period)
    first, last = (span.start - slots.start) // SLOT, -(-(span.until - slots.start) // SLOT)
    known = np.flatnonzero(slots.known[first:last]) + first
    if not known.size:
        return None
    return slots.start + int(known[0]) * SLOT, slots.start + (int(known[-1]) + 1) * SLOT
