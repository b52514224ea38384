"""Budgets from the store: each SLO's window at a moment, raw and adjusted, by group and all together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial, reduce
from typing import NamedTuple

import numpy as np

from collectors.history.store import Objective, Store
from collectors.history.tallies import Group
from slo.accounts import Account, Forecast, Period, Promise, account, composed, forecast, kept
from slo.accounts.account import Unknown, shares
from slo.accounts.composite import Part
from slo.maintenance import occurrences
from slo.model import SLO, Platform, Service, aggregate, slo_id
from slo.slots import SLOT, Slots, added
from slo.source import Composed
from slo.window import Calendar, Span, phrase

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


class Held(NamedTuple):
    """What is kept of one budget over a span: ``slots`` gives those of a period, as a composite's depend on it.

    ``noted`` are its objectives, in order of time; ``regions`` its slots region by region, where there are several.
    """

    service: Service
    slo: SLO
    group: Group
    noted: tuple[Objective, ...]
    slots: Callable[[Period], Slots]
    regions: Mapping[str, Slots]

    @property
    def slo_id(self) -> str:
        """The id of its SLO."""
        return slo_id(self.service, self.slo)

    @property
    def promises(self) -> list[Promise]:
        """The fractions that may be bad."""
        return [Promise(one.since, float((100 - one.objective) / 100)) for one in self.noted]


class Ledger:
    """Reads a store; a period other than an SLO's own is given as ``window``."""

    def __init__(self, platform: Platform, store: Store, unknown: Unknown = "ignore") -> None:
        self._platform, self._store = platform, store
        self._unknown: Unknown = unknown
        self._objectives = store.objectives()

    def entries(
        self, service: Service, at: datetime, window: timedelta | Calendar | None = None
    ) -> Iterator[Entry]:
        """All budgets of a service: each group's, and those of all groups together."""
        for slo in service.slos:
            period = Period.of(window or slo.window, at)
            since = min(period.start, period.at - _PAST)
            for held in self.held(service, slo, since, period.until):
                yield self._entry(held, period)

    def held(self, service: Service, slo: SLO, start: int, end: int) -> Iterator[Held]:
        """What is kept between two seconds since the epoch: of each group, and of all groups together."""
        start, end = start // SLOT * SLOT, -(-end // SLOT) * SLOT
        noted = self._noted(service, slo)
        source = slo.sli.source(service.name)
        if isinstance(source, Composed):
            read = [(self._read(part, start, end), float(weight)) for part, weight in source.parts]
            parts = [Part([_joined(regions) for regions in groups.values()], w) for groups, w in read]
            if any(part.groups for part in parts):
                yield Held(service, slo, (), noted, partial(_composed, source, parts), {})
            return
        groups = self._read(slo_id(service, slo), start, end)
        for group, regions in groups.items():
            yield _of(service, slo, group, noted, regions)
        if slo.group_by and groups:
            whole: dict[str, Slots] = {}
            for regions in groups.values():
                for region, slots in regions.items():
                    whole[region] = added(whole[region], slots) if region in whole else slots
            yield _of(service, aggregate(service, slo), (), noted, whole)

    def excluded(self, service: Service, start: int, end: int) -> list[Span]:
        """What approved work leaves out between two seconds since the epoch."""
        first, last = (datetime.fromtimestamp(at, UTC) for at in (start, end))
        return [
            span
            for one in self._platform.maintenance
            if one.excludes and (not one.services or service.name in one.services)
            for span in occurrences(one, first, last)
        ]

    def _read(self, ident: str, start: int, end: int) -> dict[Group, dict[str, Slots]]:
        groups: dict[Group, dict[str, Slots]] = {}
        for key, slots in self._store.read(ident, start, end):
            groups.setdefault(key.group, {})[key.region] = slots
        return groups

    def _entry(self, held: Held, period: Period) -> Entry:
        slots, promises = held.slots(period), held.promises
        # What is planned for later excludes nothing yet.
        keep = kept(slots, self.excluded(held.service, slots.start, period.until))
        raw = account(slots, period, promises, self._unknown)
        adjusted = account(slots, period, promises, self._unknown, keep)
        heading = forecast(slots, period, adjusted, keep)
        return Entry(held.service, held.slo, held.group, period, slots, raw, adjusted, heading)

    def _noted(self, service: Service, slo: SLO) -> tuple[Objective, ...]:
        """As they were noted while collecting; the spec's own where none was, as for a composite's first day."""
        noted = self._objectives.get(slo_id(service, slo), [])
        return tuple(noted) or (Objective(0, slo.objective, phrase(slo.window)),)


def _of(
    service: Service, slo: SLO, group: Group, noted: tuple[Objective, ...], regions: dict[str, Slots]
) -> Held:
    slots = _joined(regions)
    return Held(service, slo, group, noted, lambda _: slots, regions if len(regions) > 1 else {})


def _joined(regions: Mapping[str, Slots]) -> Slots:
    return reduce(added, regions.values())


def _composed(source: Composed, parts: Sequence[Part], period: Period) -> Slots:
    first = next(one for part in parts for one in part.groups)
    return composed(source, parts, shares(first, period))
