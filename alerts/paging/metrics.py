"""The pager's own metrics; what is in the database is read when Prometheus asks."""

from collections.abc import Iterable
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from alerts.paging.deadman import DeadMan
from alerts.paging.engine import CALLS
from alerts.paging.incident import Incident, Status
from alerts.paging.measures import BUCKETS, OUTCOMES
from alerts.paging.outbox import backlog
from alerts.paging.pager import Change, Pager
from alerts.paging.roster import Roster, opening
from alerts.paging.tables import incidents
from slo.oncall import OnCall


class Metrics:
    """Counts what this replica did."""

    def __init__(self, registry: CollectorRegistry, oncall: OnCall) -> None:
        self._oncall = oncall
        self._notifications = Counter(
            "pager_notifications",
            "Attempts to notify, by kind of receiver and outcome.",
            ("kind", "outcome"),
            registry=registry,
        )
        for kind in sorted({receiver.kind for receiver in oncall.receivers}):
            for outcome in OUTCOMES:
                self._notifications.labels(kind, outcome)
        self._opened = Counter(
            "pager_incidents_opened", "Incidents opened.", ("severity",), registry=registry
        )
        for severity in ("page", "ticket"):
            self._opened.labels(severity)
        self._reopened = Counter(
            "pager_incidents_reopened", "Incidents that began again soon after their end.", registry=registry
        )
        self._pages = Counter(
            "pager_pages",
            "Times that a person was called, in or out of their team's business hours.",
            ("person", "hours"),
            registry=registry,
        )
        for person in oncall.people:
            for hours in ("in", "out"):
                self._pages.labels(person.name, hours)
        self._exhausted = Counter(
            "pager_escalations_exhausted", "Escalations that called their last step.", registry=registry
        )
        self._acknowledge = Histogram(
            "pager_acknowledge_duration_seconds",
            "Time from the start of an incident to its acknowledgement.",
            buckets=BUCKETS,
            registry=registry,
        )
        self._resolve = Histogram(
            "pager_resolve_duration_seconds",
            "Time from the start of an incident to its end.",
            buckets=BUCKETS,
            registry=registry,
        )

    def attempted(self, kind: str, outcome: str) -> None:
        """An attempt to notify ended."""
        self._notifications.labels(kind, outcome).inc()

    def changed(self, change: Change) -> None:
        """An incident was changed; those that only test the way are left out."""
        before, after = change.before, change.outcome.incident
        if after.test:
            return
        if before is None:
            self._opened.labels(after.severity).inc()
        elif after.reopened > before.reopened:
            self._reopened.inc()
        self._count_calls(change)
        if _became(change, Status.ACKNOWLEDGED):
            self._acknowledge.observe((change.at - after.since).total_seconds())
        if _became(change, Status.RESOLVED):
            self._resolve.observe((change.at - after.created).total_seconds())
        if (
            before is not None
            and before.next_level_at
            and after.status is Status.TRIGGERED
            and after.next_level_at is None
        ):
            self._exhausted.inc()

    def _count_calls(self, change: Change) -> None:
        incident = change.outcome.incident
        hours = Roster(self._oncall).team(incident.team).hours
        within = "in" if opening(hours, change.at) == change.at else "out"
        called = {n.person for n in change.outcome.notifications if n.person and n.occasion in CALLS}
        for person in sorted(called):
            self._pages.labels(person, within).inc()


class Stored(Collector):
    """What the database says; the same from every replica."""

    def __init__(self, pager: Pager, dead_man: DeadMan) -> None:
        self._pager = pager
        self._dead_man = dead_man

    def describe(self) -> Iterable[Metric]:
        """Nothing: asking the database is for those who want values."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Read."""
        now = self._pager.clock()
        query = select(incidents.c.status, func.count()).group_by(incidents.c.status)
        with self._pager.database.read() as connection:
            late = backlog(connection, now)
            count = {str(status): int(n) for status, n in connection.execute(query).all()}
        by_status = GaugeMetricFamily("pager_incidents", "Incidents by status.", labels=("status",))
        for status in Status:
            by_status.add_metric((status,), count.get(status, 0))
        yield by_status
        yield GaugeMetricFamily(
            "pager_outbox_waiting", "Notifications that are due and not sent.", value=late.waiting
        )
        yield GaugeMetricFamily(
            "pager_outbox_oldest_seconds", "How long the oldest of them has been due.", value=late.oldest
        )
        age = (now - self._dead_man.heard()) / timedelta(seconds=1)
        yield GaugeMetricFamily(
            "pager_heartbeat_age_seconds", "Time since the watchdog was heard.", value=age
        )


def _became(change: Change, status: Status) -> bool:
    before: Incident | None = change.before
    return change.outcome.incident.status is status and (before is None or before.status is not status)
