"""Budgets from the store: each SLO's window at a moment, raw and adjusted, by group and all together."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import reduce
from typing import NamedTuple

import numpy as np

from collectors.history.store import Store
from collectors.history.tallies import Group
from slo.accounts import Account, Forecast, Period, Promise, account, composed, forecast, kept
from slo.accounts.account import Unknown, shares
from slo.accounts.composite import Part
from slo.maintenance import occurrences
from slo.model import SLO, Platform, Service, aggregate, slo_id
from slo.sli import Aggregate
from slo.slots import SLOT, Slots, added
from slo.source import Composed
from slo.window import Calendar, Span

_PAST = 28 * 86400  # what a forecast draws from


class Entry(NamedTuple):
    """One budget: ``adjusted`` leaves approved exclusions out, ``raw`` does not."""

    service: Service
    slo: SLO
    group: Group
    period: Period
    slots: Slots
    raw: Account
    adjusted: Account
    forecast: Forecast | None

    @property
    def slo_id(self) -> str:
        """The id of its SLO."""
        return slo_id(self.service, self.slo)

    @property
    def last(self) -> int:
        """The end of the last slot of which anything is known; 0 for none."""
        known = np.flatnonzero(self.slots.known)
        return self.slots.start + (int(known[-1]) + 1) * SLOT if known.size else 0

    def spent_between(self, start: datetime, end: datetime) -> float | None:
        """The share of the whole period's budget, as it is now, that a part of the time took; None: nothing is known."""
        part = Period(int(start.timestamp()), int(end.timestamp()), int(end.timestamp()))
        allowed = self.raw.allowed
        return float((self.slots.bad * shares(self.slots, part)).sum()) / allowed if allowed else None


class Ledger:
    """Reads a store; a period other than an SLO's own is given as ``window``."""

    def __init__(self, platform: Platform, store: Store, unknown: Unknown = "ignore") -> None:
        self._platform, self._store = platform, store
        self._unknown: Unknown = unknown
        self._objectives = store.objectives()

    def entries(self, service: Service, at: datetime, window: Calendar | None = None) -> Iterator[Entry]:
        """All budgets of a service: each group's, and those of all groups together."""
        for slo in service.slos:
            period = Period.of(window or slo.window, at)
            since = min(period.start, period.at - _PAST) // SLOT * SLOT
            groups = self._groups(service, slo, since, period)
            for group, slots in groups.items():
                yield self._entry(service, slo, group, period, slots)
            if slo.group_by and groups:
                whole = reduce(added, groups.values())
                yield self._entry(service, aggregate(service, slo), (), period, whole)

    def _groups(self, service: Service, slo: SLO, since: int, period: Period) -> dict[Group, Slots]:
        source = slo.sli.source(service.name)
        if not isinstance(source, Composed):
            return self._read(slo_id(service, slo), since, period)
        read = [(self._read(part, since, period), float(weight)) for part, weight in source.parts]
        parts = [Part(list(groups.values()), weight) for groups, weight in read]
        held = [one for part in parts for one in part.groups]
        return {(): composed(source, parts, shares(held[0], period))} if held else {}

    def _read(self, ident: str, since: int, period: Period) -> dict[Group, Slots]:
        """Regions together."""
        groups: dict[Group, Slots] = {}
        for key, slots in self._store.read(ident, since, -(-period.until // SLOT) * SLOT):
            groups[key.group] = added(groups[key.group], slots) if key.group in groups else slots
        return groups

    def _entry(self, service: Service, slo: SLO, group: Group, period: Period, slots: Slots) -> Entry:
        promises = self._promises(service, slo)
        keep = kept(slots, self._excluded(service, slots, period))
        raw = account(slots, period, promises, self._unknown)
        adjusted = account(slots, period, promises, self._unknown, keep)
        heading = forecast(slots, period, adjusted, keep)
        return Entry(service, slo, group, period, slots, raw, adjusted, heading)

    def _promises(self, service: Service, slo: SLO) -> list[Promise]:
        """As they were noted while collecting; the spec's own where none was, as for a composite's first day."""
        ident = slo.sli.of if isinstance(slo.sli, Aggregate) else slo_id(service, slo)
        noted = self._objectives.get(ident, [])
        told = [Promise(one.since, float((100 - one.objective) / 100)) for one in noted]
        return told or [Promise(0, float(slo.budget))]

    def _excluded(self, service: Service, slots: Slots, period: Period) -> list[Span]:
        """What is planned for later excludes nothing yet."""
        start, end = (datetime.fromtimestamp(at, UTC) for at in (slots.start, period.until))
        return [
            span
            for one in self._platform.maintenance
            if one.excludes and (not one.services or service.name in one.services)
            for span in occurrences(one, start, end)
        ]
