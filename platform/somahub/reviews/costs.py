"""What an incident cost a budget: the failures from where it began, not from where somebody was called."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from alerts.paging.incident import Incident, IncidentAlert
from collectors.history.ledger import Held
from slo import names
from slo.accounts import Account
from slo.accounts.account import in_force, shares
from slo.model import slo_id
from slo.sli import Aggregate, Composite
from slo.slots import SLOT, Column, Slots
from somahub.reviews.figures import rounded
from somahub.reviews.incidents import Cost
from somahub.reviews.model import Period
from somahub.reviews.periods import seconds

_BEFORE = 72  # slots, six hours: an alert on a slow burn comes late


class Budget(NamedTuple):
    """What incidents are charged to: what is held of it, its slots in a period, and what is kept of each.

    ``services`` are its own one, and those of its parts.
    """

    held: Held
    slots: Slots
    period: Period
    told: Account
    keep: Column
    services: frozenset[str]


class Charged(NamedTuple):
    """A cost and the number of its incident."""

    number: int
    cost: Cost


def within(incidents: Iterable[Incident], period: Period) -> list[Incident]:
    """Those that were open in a period; tests, and what is only a delivery, are none."""
    return [
        one
        for one in incidents
        if not one.test
        and not one.receiver
        and one.created < period.at
        and (one.resolved is None or one.resolved > period.start)
    ]


def costs(incidents: Iterable[Incident], budget: Budget) -> list[Charged]:
    """What each incident on a budget cost it, the dearest first."""
    found = [Charged(one.number, cost) for one in incidents if (cost := _cost(one, budget)) is not None]
    return sorted(found, key=lambda one: (-(one.cost.spent or 0), one.number))


def _cost(incident: Incident, budget: Budget) -> Cost | None:
    """None where it is not about the budget, or about its service alone and nothing failed."""
    held, slots, period, told, keep, services = budget
    alerts = [alert for alert in incident.alerts if _about(alert, held, services)]
    if not alerts:
        return None
    begun = min(alert.started for alert in alerts)
    ended = max(alert.ended or incident.resolved or period.at for alert in alerts)
    span = seconds(period)
    first = _led_up_to(held, slots, int(begun.timestamp()) // SLOT)
    start = min(max(first * SLOT, span.start), span.until)
    end = max(min(-(-int(ended.timestamp()) // SLOT) * SLOT, span.until), start)
    inside = slice((start - slots.start) // SLOT, (end - slots.start) // SLOT)
    bad = float((slots.bad[inside] * (shares(slots, span) * keep)[inside]).sum())
    if not bad and not any(_named(alert, held) for alert in alerts):
        return None
    known = bool(slots.known[inside].any())
    return Cost(
        slo_id=held.slo_id,
        group=dict(held.group),
        start=datetime.fromtimestamp(start, UTC),
        end=datetime.fromtimestamp(end, UTC),
        bad=rounded(bad),
        spent=rounded(bad / told.allowed) if told.allowed and known else None,
    )


def _about(alert: IncidentAlert, held: Held, services: frozenset[str]) -> bool:
    """An alert on an SLO is about that one and what is made of it; one on a service is about all of its SLOs."""
    if names.SLO_ID in alert.labels:
        return _named(alert, held)
    return alert.labels.get(names.SLO_SERVICE) in services


def _named(alert: IncidentAlert, held: Held) -> bool:
    sli = held.slo.sli
    parts = set(sli.of) if isinstance(sli, Composite) else {sli.of} if isinstance(sli, Aggregate) else set()
    if alert.labels.get(names.SLO_ID) not in parts | {slo_id(held.service, held.slo)}:
        return False
    return all(alert.labels.get(name, value) == value for name, value in held.group)


def _led_up_to(held: Held, slots: Slots, at: int) -> int:
    """The slot from which on, up to that of ``at``, more failed than the objective allows."""
    index = at - slots.start // SLOT
    low = max(index - _BEFORE, 0)
    if index <= low or index > slots.size:
        return at
    allowed = in_force(slots, held.promises)[low:index] * slots.total[low:index]
    fine = np.flatnonzero(slots.bad[low:index] <= allowed)
    return at - (index - low) + (int(fine[-1]) + 1 if fine.size else 0)
