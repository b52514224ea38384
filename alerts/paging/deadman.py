"""The dead man's switch: an alert that always fires must be heard, else whoever should send alerts is gone."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from alerts.paging.incident import IncidentAlert
from alerts.paging.ingest import Arrival
from alerts.paging.pager import Pager
from alerts.paging.store import Incidents
from alerts.paging.tables import heartbeats

_GROUP = "watchdog"
_ALERT = "WatchdogSilent"


class DeadMan:
    """Pages ``team`` when nothing was heard for ``within``; the time in which the pager itself was away does not count."""

    def __init__(self, pager: Pager, within: timedelta, team: str) -> None:
        self._pager = pager
        self._within = within
        self._team = pager.roster().team(team).name
        self._since = pager.clock()
        self._pager.database.change(lambda c: _keep(c, _GROUP, self._since, fresh=False))

    def beat(self) -> None:
        """It was heard: the silence is over."""
        now = self._pager.clock()
        self._pager.database.change(lambda c: _keep(c, _GROUP, now, fresh=True))
        with self._pager.database.read() as connection:
            incident = Incidents(connection).open(_GROUP)
        if incident:
            over = [a.model_copy(update={"ended": now}) for a in incident.alerts if a.ended is None]
            self._pager.receive([self._arrival(alert) for alert in over])

    def check(self) -> None:
        """Page if it is silent; again and again is once."""
        heard = self.heard()
        if self._pager.clock() - max(heard, self._since) <= self._within:
            return
        alert = IncidentAlert(
            fingerprint=_GROUP,
            labels={"alertname": _ALERT, "severity": "page", "priority": "P0", "team": self._team},
            annotations={
                "summary": "Watchdog silent",
                "description": f"Nothing was heard of Prometheus and Alertmanager since {heard:%Y-%m-%d %H:%M:%S} UTC: "
                "no other alert may come either.",
            },
            started=heard,
        )
        self._pager.receive([self._arrival(alert)])

    def heard(self) -> datetime:
        """When it was heard last, or when the pager first began to listen."""
        with self._pager.database.read() as connection:
            at = connection.scalar(select(heartbeats.c.at).where(heartbeats.c.name == _GROUP))
        return datetime.fromtimestamp(at or 0.0, UTC)

    def _arrival(self, alert: IncidentAlert) -> Arrival:
        return Arrival(_GROUP, self._team, "page", "P0", "Watchdog silent", test=False, alert=alert)


def prove_writable(connection: Connection, replica: str, now: datetime) -> None:
    """Write something that says who was here."""
    _keep(connection, f"replica:{replica}", now, fresh=True)


def _keep(connection: Connection, name: str, now: datetime, *, fresh: bool) -> None:
    row = heartbeats.c.name == name
    if connection.scalar(select(heartbeats.c.at).where(row)) is None:
        connection.execute(insert(heartbeats).values(name=name, at=now.timestamp()))
    elif fresh:
        connection.execute(update(heartbeats).where(row).values(at=now.timestamp()))
