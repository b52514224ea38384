"""Symptoms that an open incident's alerts inhibit: nobody is called for them, and whoever works on it sees them."""

from datetime import datetime
from typing import Any

import httpx

from alerts.paging.events import Attached
from alerts.paging.incident import Incident, IncidentAlert, Status
from alerts.paging.pager import Pager
from alerts.paging.store import Incidents

_OPEN = (Status.TRIGGERED, Status.ACKNOWLEDGED, Status.SNOOZED)
_TIMEOUT = 5.0  # seconds
_MOST = 200  # open incidents that are looked at


def attach(pager: Pager, alertmanager: str) -> None:
    """Ask Alertmanager, and keep what it says with the incidents; raises ``httpx.HTTPError``."""
    with pager.database.read() as connection:
        found = Incidents(connection).find(_OPEN, limit=_MOST)
    if not found:
        return
    asked = {"active": "false", "silenced": "false", "unprocessed": "false", "inhibited": "true"}
    answer = httpx.get(f"{alertmanager.rstrip('/')}/api/v2/alerts", params=asked, timeout=_TIMEOUT)
    listed = answer.raise_for_status().json()
    for incident in found:
        attached = tuple(_alert(one) for one in listed if _inhibited_by(incident, one))
        if attached or any(alert.attached and alert.ended is None for alert in incident.alerts):
            pager.act(incident.id, Attached(attached))


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
