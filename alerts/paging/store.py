"""Incidents and alerts in the database, inside a transaction of the caller's."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from alerts.paging.engine import Outcome
from alerts.paging.incident import Incident, IncidentAlert, Status
from alerts.paging.outbox import WAITING, enqueue, supersede
from alerts.paging.tables import alerts, incidents, outbox


class Incidents:
    """One transaction's view of incidents; with ``lock``, a row that it loads is its own until it ends."""

    def __init__(self, connection: Connection, *, lock: bool = False) -> None:
        self._connection = connection
        self._lock = lock

    def load(self, ident: str) -> Incident | None:
        """An incident by id."""
        return self._one(incidents.c.id == ident)

    def open(self, key: str) -> Incident | None:
        """The open incident of a group."""
        return self._one(incidents.c.open_key == key)

    def last(self, key: str) -> Incident | None:
        """The newest incident of a group."""
        return self._one(incidents.c.key == key)

    def due(self, now: datetime, limit: int = 100) -> Sequence[str]:
        """Ids of incidents whose next step is due."""
        found = select(incidents.c.id).where(incidents.c.next_at <= now.timestamp())
        return self._connection.scalars(found.order_by(incidents.c.next_at).limit(limit)).all()

    def find(
        self,
        status: Sequence[Status] = (),
        team: str = "",
        since: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Incident]:
        """Incidents, newest first; ``before`` is the number at which the page before ended."""
        query = select(incidents)
        if status:
            query = query.where(incidents.c.status.in_(status))
        if team:
            query = query.where(incidents.c.team == team)
        if since:
            query = query.where(incidents.c.created >= since.timestamp())
        if before is not None:
            query = query.where(incidents.c.number < before)
        rows = self._connection.execute(query.order_by(incidents.c.number.desc()).limit(limit)).mappings()
        return [_incident(row) for row in rows]

    def save(self, outcome: Outcome, now: datetime) -> Incident:
        """Write a new state with its notifications, or a new incident, which gets its number."""
        incident = outcome.incident
        row = {
            "key": incident.key,
            "open_key": None if incident.status is Status.RESOLVED else incident.key,
            "team": incident.team,
            "severity": incident.severity,
            "status": incident.status.value,
            "created": incident.created.timestamp(),
            "next_at": incident.next_at.timestamp() if incident.next_at else None,
            "document": incident.model_dump_json(exclude={"number"}),
        }
        if incident.number:
            self._connection.execute(update(incidents).where(incidents.c.id == incident.id).values(row))
        else:
            made = self._connection.execute(insert(incidents).values(id=incident.id, **row))
            number = made.inserted_primary_key
            assert number is not None  # noqa: S101 - an INSERT of one row has one
            incident = incident.model_copy(update={"number": number[0]})
        if outcome.superseded:
            supersede(self._connection, incident.id, outcome.superseded)
        enqueue(self._connection, outcome.notifications, now)
        return incident

    def _one(self, condition: Any) -> Incident | None:  # noqa: ANN401 - SQLAlchemy's own type is as wide
        query = select(incidents).where(condition).order_by(incidents.c.number.desc()).limit(1)
        row = self._connection.execute(query.with_for_update() if self._lock else query).mappings().first()
        return None if row is None else _incident(row)


def claimed(connection: Connection, owner: str, dedup_key: str) -> Incident | None:
    """The incident of a notification as it is now; None where it was superseded, or is another's to send."""
    query = select(incidents).join(outbox, outbox.c.incident == incidents.c.id)
    mine = (outbox.c.dedup_key == dedup_key, outbox.c.owner == owner, outbox.c.state == WAITING)
    row = connection.execute(query.where(*mine)).mappings().first()
    return None if row is None else _incident(row)


class Told(NamedTuple):
    """An alert that was told before: whether it goes on, and its incident."""

    firing: bool
    incident: str


class Alerts:
    """Which alerts were told, of which start, and whether they are over; to ``receiver`` alone, or (empty) to people."""

    def __init__(self, connection: Connection, receiver: str = "") -> None:
        self._connection = connection
        self._receiver = receiver

    def known(self, fingerprint: str) -> dict[datetime, Told]:
        """What was told of an alert, by its starts."""
        mine = (alerts.c.fingerprint == fingerprint, alerts.c.receiver == self._receiver)
        query = select(alerts).where(*mine)
        rows = self._connection.execute(query).mappings()
        return {
            datetime.fromisoformat(row["starts_at"]): Told(row["status"] == "firing", row["incident"])
            for row in rows
        }

    def started(self, alert: IncidentAlert, incident: str, now: datetime) -> None:
        """An alert is told for the first time."""
        self._connection.execute(
            insert(alerts).values(
                fingerprint=alert.fingerprint,
                starts_at=_text(alert.started),
                receiver=self._receiver,
                incident=incident,
                status="firing" if alert.ended is None else "resolved",
                received_at=_text(now),
                ends_at=None if alert.ended is None else _text(alert.ended),
                labels=alert.labels,
                annotations=alert.annotations,
            )
        )

    def ended(self, ended: Iterable[IncidentAlert]) -> None:
        """Alerts are over for good."""
        for alert in ended:
            if alert.ended:
                values = {"status": "resolved", "ends_at": _text(alert.ended)}
                self._connection.execute(update(alerts).where(*self._is(alert)).values(values))

    def all(self) -> list[dict[str, Any]]:
        """Every alert ever told, by start."""
        query = select(alerts).where(alerts.c.receiver == self._receiver).order_by(alerts.c.starts_at)
        rows = self._connection.execute(query).mappings()
        return [dict(row) for row in rows]

    def _is(self, alert: IncidentAlert) -> tuple[ColumnElement[bool], ...]:
        return (
            alerts.c.fingerprint == alert.fingerprint,
            alerts.c.starts_at == _text(alert.started),
            alerts.c.receiver == self._receiver,
        )


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _incident(row: RowMapping) -> Incident:
    return Incident.model_validate_json(row["document"][:-1] + f',"number":{row["number"]}}}')
