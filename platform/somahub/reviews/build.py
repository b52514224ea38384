"""A review from the history, the spec, and what the pager and Prometheus tell: the same data, the same bytes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import NamedTuple

from alerts.paging import incident as paging
from alerts.paging.messages.words import plain
from collectors.history.ledger import Held, Ledger
from collectors.history.store import Objective, Store
from slo.accounts.account import Unknown
from slo.maintenance import occurrences
from slo.model import SLO, Platform, Service, slo_id
from slo.slots import SLOT, unknown
from slo.window import Span, phrase
from somahub.reviews.costs import Charged, within
from somahub.reviews.evidence import Capacity, Certificate, Durability
from somahub.reviews.incidents import Cost, Incident
from somahub.reviews.model import DataRange, Exclusion, Period, Review, Row, Team, sealed
from somahub.reviews.periods import months
from somahub.reviews.rows import Made, Terms, make

_MONTHS = 12
_RECOVERY = frozenset({"rpo", "rto"})


class Evidence(NamedTuple):
    """What was read from Prometheus; None where none was asked."""

    durability: tuple[Durability, ...] | None = None
    capacity: tuple[Capacity, ...] | None = None
    certificates: tuple[Certificate, ...] | None = None


NONE = Evidence()


class Builder:
    """Reads a store; ``incidents`` is None where no pager was asked."""

    def __init__(
        self,
        platform: Platform,
        store: Store,
        incidents: Sequence[paging.Incident] | None = None,
        *,
        unknown_time: Unknown = "ignore",
    ) -> None:
        self._platform, self._incidents = platform, incidents
        self._unknown: Unknown = unknown_time
        self._ledger = Ledger(platform, store, unknown_time)

    def rows(self, period: Period) -> Iterator[list[Made]]:
        """The rows of each SLO; one of which nothing is held has a row that says so."""
        trend = months(period, _MONTHS)
        start = min(trend[0].start, period.start)
        found = None if self._incidents is None else within(self._incidents, period)
        titles = {one.number: plain(one.title) for one in found or ()}
        owners = {slo_id(s, o): s.name for s in self._platform.services for o in s.slos}
        terms = Terms(period, trend, self._unknown, self._platform.budget_policy, found, titles, owners)
        first, last = int(start.timestamp()), int(period.at.timestamp())
        for service in self._platform.services:
            excluded = self._ledger.excluded(service, first, last)
            for slo in service.slos:
                held = list(self._ledger.held(service, slo, first, last)) or [
                    _nothing(service, slo, first, last)
                ]
                yield [make(one, excluded, terms) for one in held]

    def review(self, period: Period, made: Iterable[Made], evidence: Evidence = NONE) -> Review:
        """All of it, from its rows."""
        made = tuple(made)
        rows = tuple(one.row for one in made)
        known = [one.known for one in made if one.known]
        incidents = None
        if self._incidents is not None:
            charged = [charge for one in made for charge in one.charged]
            told = sorted(within(self._incidents, period), key=lambda one: one.number)
            incidents = tuple(_incident(one, charged) for one in told)
        return sealed(
            Review(
                platform=self._platform.name,
                period=period,
                data=DataRange(
                    first=_moment(min(first for first, _ in known)) if known else None,
                    last=min(_moment(max(last for _, last in known)), period.at) if known else None,
                ),
                unknown_time=self._unknown,
                teams=tuple(self._teams(rows, incidents, period)),
                rows=rows,
                incidents=incidents,
                exclusions=tuple(self._exclusions(period)),
                recovery=tuple(dict.fromkeys(row.slo_id for row in rows if _recovers(row))),
                durability=evidence.durability,
                capacity=evidence.capacity,
                certificates=evidence.certificates,
            )
        )

    def _teams(
        self, rows: Sequence[Row], incidents: Sequence[Incident] | None, period: Period
    ) -> Iterator[Team]:
        oncall = self._platform.oncall
        titles = {team.name: team.title for team in oncall.teams} if oncall else {}
        for name in sorted({row.team for row in rows}):
            own = [row for row in rows if row.team == name]
            counts = {v: sum(row.adjusted.verdict == v for row in own) for v in ("met", "missed", "unknown")}
            pages = [
                one
                for one in incidents or ()
                if one.team == name and one.severity == "page" and one.opened >= period.start
            ]
            yield Team(
                team=name,
                title=titles.get(name) or name,
                **counts,
                pages=None if incidents is None else len(pages),
                acknowledged_after=_median(one.acknowledged_after for one in pages),
                resolved_after=_median(one.resolved_after for one in pages),
                actions=sum(len(row.actions) for row in own),
            )

    def _exclusions(self, period: Period) -> Iterator[Exclusion]:
        for one in self._platform.maintenance:
            spans = occurrences(one, period.start, period.at) if one.excludes else []
            if spans:
                yield Exclusion(
                    name=one.name,
                    reason=one.reason,
                    approver=one.approver,
                    services=one.services,
                    spans=tuple((span.start, span.end) for span in spans),
                    seconds=_length(spans),
                )


def _nothing(service: Service, slo: SLO, first: int, last: int) -> Held:
    slots = unknown(first // SLOT * SLOT, -(-last // SLOT) * SLOT)
    noted = (Objective(0, slo.objective, phrase(slo.window)),)
    return Held(service, slo, (), noted, lambda _: slots, {})


def _incident(one: paging.Incident, charged: Iterable[Charged]) -> Incident:
    costs: list[Cost] = [cost for number, cost in charged if number == one.number]
    services = {alert.labels.get("slo_service", "") for alert in one.alerts} - {""}
    return Incident(
        number=one.number,
        title=plain(one.title),
        team=one.team,
        severity=one.severity,
        priority=one.priority,
        services=tuple(sorted(services)),
        opened=one.created,
        acknowledged=one.acknowledged,
        acknowledged_by=plain(one.acknowledged_by),
        acknowledged_after=(one.acknowledged - one.created).total_seconds() if one.acknowledged else None,
        resolved=one.resolved,
        resolved_by=plain(one.resolved_by),
        resolved_after=(one.resolved - one.created).total_seconds() if one.resolved else None,
        costs=tuple(sorted(costs, key=lambda cost: -(cost.spent or 0))),
    )


def _recovers(row: Row) -> bool:
    return row.name.removesuffix("-all") in _RECOVERY


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _length(spans: Iterable[Span]) -> float:
    return sum((span.end - span.start).total_seconds() for span in spans)


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)
