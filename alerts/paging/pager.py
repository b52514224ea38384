"""The pager: each thing that happens is one transaction of incidents, alerts and notifications to send."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, select

from alerts.paging import events
from alerts.paging.database import Database
from alerts.paging.engine import NotPossibleError, Outcome, decide, opened
from alerts.paging.incident import Incident, Status
from alerts.paging.ingest import Arrival
from alerts.paging.roster import Roster
from alerts.paging.schedule import Override
from alerts.paging.store import Alerts, Incidents
from alerts.paging.tables import overrides
from slo import names
from slo.oncall import OnCall

Clock = Callable[[], datetime]


class UnknownIncidentError(Exception):
    """There is no incident of this id."""


class Change(NamedTuple):
    """What a transaction did to an incident, for those who count; ``before`` is None where it opened one."""

    before: Incident | None
    outcome: Outcome
    at: datetime


class Pager:
    """Safe in many threads and replicas: what holds them apart is the database.

    ``reopen_within`` is how soon after its end an alert of the same group is the same incident again. ``changed`` is
    told what was committed.
    """

    def __init__(
        self,
        database: Database,
        oncall: OnCall,
        clock: Clock,
        reopen_within: timedelta = timedelta(minutes=10),
        changed: Callable[[Change], None] = lambda _: None,
    ) -> None:
        self.database = database
        self.oncall = oncall
        self.clock = clock
        self._reopen_within = reopen_within
        self._changed = changed

    def receive(self, arrivals: Iterable[Arrival]) -> int:
        """Take alerts in; what they ask for is committed when this returns. How many said something new."""
        told = list(arrivals)

        def work(step: "_Step") -> None:
            for arrival in told:
                step.arrive(arrival, self._reopen_within)

        return len(self._change(work))

    def act(self, ident: str, event: events.Event) -> Incident:
        """Apply an event to an incident; raises ``UnknownIncidentError`` and ``NotPossibleError``."""

        def work(step: "_Step") -> None:
            incident = step.incidents.load(ident)
            if incident is None:
                raise UnknownIncidentError(ident)
            step.apply(incident, event)

        self._change(work)
        return self.incident(ident)

    def act_on(self, key: str, event: events.Event) -> bool:
        """Apply an event to the open incident of a group; False where there is none."""
        with self.database.read() as connection:
            incident = Incidents(connection).open(key)
        if incident is None:
            return False
        try:
            self.act(incident.id, event)
        except NotPossibleError:
            return False
        return True

    def has_open(self, key: str) -> bool:
        """Whether a group has an incident that is not over."""
        with self.database.read() as connection:
            return Incidents(connection).open(key) is not None

    def incident(self, ident: str) -> Incident:
        """An incident as it is now; raises ``UnknownIncidentError``."""
        with self.database.read() as connection:
            found = Incidents(connection).load(ident)
        if found is None:
            raise UnknownIncidentError(ident)
        return found

    def tick(self) -> int:
        """Take every step of an escalation that is due, in a transaction of its own each; how many."""
        now = self.clock()
        with self.database.read() as connection:
            due = Incidents(connection).due(now)
        for ident in due:
            self.act(ident, events.Due())
        return len(due)

    def roster(self) -> Roster:
        """Who is called now, with the overrides."""
        with self.database.read() as connection:
            return Roster(self.oncall, current_overrides(connection, self.clock()))

    def _change(self, work: Callable[["_Step"], None]) -> list[Change]:
        def transaction(connection: Connection) -> list[Change]:
            now = self.clock()
            step = _Step(connection, now, Roster(self.oncall, current_overrides(connection, now)))
            work(step)
            return step.changes

        changes = self.database.change(transaction)
        for change in changes:
            self._changed(change)
        return changes


def current_overrides(connection: Connection, now: datetime) -> Sequence[Override]:
    """Overrides that are not over, in the order in which they were said."""
    query = select(overrides).where(overrides.c.end > now.timestamp()).order_by(overrides.c.id)
    return [
        Override(
            rotation=row.rotation,
            person=row.person,
            start=datetime.fromtimestamp(row.start, UTC),
            end=datetime.fromtimestamp(row.end, UTC),
            by=row.by,
        )
        for row in connection.execute(query)
    ]


class _Step:
    """One transaction: what it reads, it may write."""

    def __init__(self, connection: Connection, now: datetime, roster: Roster) -> None:
        self.incidents = Incidents(connection, lock=True)
        self.changes: list[Change] = []
        self._connection = connection
        self._now = now
        self._roster = roster
        self._receivers = {receiver.name for receiver in roster.oncall.receivers}

    def arrive(self, arrival: Arrival, reopen_within: timedelta) -> None:
        """Whatever is told twice, or after something newer, changes nothing."""
        alert = arrival.alert
        alerts = Alerts(self._connection, self._only(arrival))
        known = alerts.known(alert.fingerprint)
        told = known.get(alert.started)
        if alert.ended is not None:
            if told is None:
                # Nobody was called for it, and nobody needs to be.
                alerts.started(alert, "", self._now)
            elif told.firing and (incident := self.incidents.load(told.incident)):
                left = alert.annotations.get(names.BUDGET_LEFT, "")
                self.apply(incident, events.Ended(alert.fingerprint, alert.started, alert.ended, left))
            return
        if told is not None or any(start > alert.started for start in known):
            return
        before = self._same(arrival.key, reopen_within)
        if before is None:
            saved = self._open(arrival)
        else:
            saved = self.apply(before, events.Fired(alert, arrival.priority))
        alerts.started(alert, saved.id, self._now)

    def apply(self, incident: Incident, event: events.Event) -> Incident:
        """Decide, and write what follows."""
        outcome = decide(incident, event, self._now, self._roster)
        if outcome.incident == incident:
            return incident
        open_before = {a.fingerprint for a in incident.alerts if a.ended is None}
        alerts = Alerts(self._connection, incident.receiver)
        alerts.ended(a for a in outcome.incident.alerts if a.ended and a.fingerprint in open_before)
        return self._save(incident, outcome)

    def _only(self, arrival: Arrival) -> str:
        """The receiver that this is for alone; a name that is none is the pager's own."""
        return arrival.receiver if arrival.receiver in self._receivers else ""

    def _same(self, key: str, reopen_within: timedelta) -> Incident | None:
        found = self.incidents.open(key) or self.incidents.last(key)
        if found and found.status is Status.RESOLVED:
            recent = found.resolved is not None and self._now - found.resolved < reopen_within
            return found if recent else None
        return found

    def _open(self, arrival: Arrival) -> Incident:
        incident = Incident(
            id=uuid.uuid4().hex,
            number=0,
            key=arrival.key,
            team=self._roster.team(arrival.team).name,
            title=arrival.title,
            severity=arrival.severity,
            priority=arrival.priority,
            status=Status.TRIGGERED,
            alerts=(arrival.alert,),
            created=self._now,
            test=arrival.test,
            receiver=self._only(arrival),
        )
        return self._save(None, opened(incident, self._now, self._roster))

    def _save(self, before: Incident | None, outcome: Outcome) -> Incident:
        saved = self.incidents.save(outcome, self._now)
        self.changes.append(Change(before, outcome._replace(incident=saved), self._now))
        return saved
