"""Looking at Alertmanager itself, for what it sends to nobody.

Symptoms that an open incident's alerts inhibit are attached to it: nobody is called for them, and whoever works on it
sees them. An alert that ends while it is inhibited or muted is never told to be over: it is, once it is listed no more.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import httpx

from alerts.paging.events import Attached, Ended
from alerts.paging.incident import Incident, IncidentAlert, Status
from alerts.paging.pager import Pager
from alerts.paging.store import Incidents

_OPEN = (Status.TRIGGERED, Status.ACKNOWLEDGED, Status.SNOOZED)
_TIMEOUT = 5.0  # seconds
_MOST = 200  # open incidents that are looked at
_ITS_OWN = re.compile("[0-9a-f]{16}")  # fingerprints of Alertmanager; those of others look otherwise
_LOST = timedelta(minutes=5)


class Alertmanager:
    """The one at a URL.

    An alert is over when it has not been listed for ``lost``: one that has just started lists nothing until
    Prometheus tells it of its alerts again. How long it is missing is known to the process alone, which costs a
    restarted pager that time once more.
    """

    def __init__(self, pager: Pager, url: str, lost: timedelta = _LOST) -> None:
        self._pager = pager
        self._alerts = f"{url.rstrip('/')}/api/v2/alerts"
        self._lost = lost
        self._missing: dict[tuple[str, str, datetime], datetime] = {}

    def look(self) -> None:
        """Ask, and keep what it says with the incidents; raises ``httpx.HTTPError``."""
        with self._pager.database.read() as connection:
            found = Incidents(connection).find(_OPEN, limit=_MOST)
        if not found:
            self._missing.clear()
            return
        listed = httpx.get(self._alerts, timeout=_TIMEOUT).raise_for_status().json()
        for incident in found:
            attached = tuple(_alert(one) for one in listed if _inhibited_by(incident, one))
            if attached or any(alert.attached and alert.ended is None for alert in incident.alerts):
                self._pager.act(incident.id, Attached(attached))
        self._end(found, {str(one["fingerprint"]) for one in listed})

    def _end(self, found: Iterable[Incident], listed: set[str]) -> None:
        now = self._pager.clock()
        missing = {
            (incident.id, alert.fingerprint, alert.started)
            for incident in found
            for alert in incident.alerts
            if alert.ended is None and not alert.attached and _ITS_OWN.fullmatch(alert.fingerprint)
            if alert.fingerprint not in listed
        }
        self._missing = {key: self._missing.get(key, now) for key in missing}
        for key, since in self._missing.items():
            if now - since >= self._lost:
                ident, fingerprint, started = key
                self._pager.act(ident, Ended(fingerprint, started, since))


def _inhibited_by(incident: Incident, alert: dict[str, Any]) -> bool:
    """Alertmanager names the alerts that inhibit by their fingerprints."""
    firing = {a.fingerprint for a in incident.alerts if a.ended is None and not a.attached}
    return not firing.isdisjoint(alert["status"]["inhibitedBy"])


def _alert(alert: dict[str, Any]) -> IncidentAlert:
    return IncidentAlert(
        fingerprint=alert["fingerprint"],
        labels=alert["labels"],
        annotations=alert["annotations"],
        started=datetime.fromisoformat(alert["startsAt"]),
        attached=True,
    )
