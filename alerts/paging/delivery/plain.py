"""What is told, as plain text."""

from typing import NamedTuple

from alerts.paging.delivery.envelope import Links
from alerts.paging.incident import Incident, Occasion


class Message(NamedTuple):
    """A line, and all of it."""

    subject: str
    text: str


def message(incident: Incident, event: Occasion, links: Links) -> Message:
    """Make the text of a notification."""
    test = "TEST " if incident.test else ""
    subject = f"{test}[{incident.priority} {event}] #{incident.number} {incident.title}"
    lines = [subject, f"Team {incident.team}, {incident.status} since {incident.since:%Y-%m-%d %H:%M} UTC"]
    lines += [
        f"- {alert.labels.get('alertname', alert.fingerprint)}: "
        f"{alert.annotations.get('description') or alert.annotations.get('summary', '')}"
        for alert in incident.alerts
        if alert.ended is None
    ]
    lines += [f"Acknowledge: {links.acknowledge}", f"Resolve: {links.resolve}", f"Incident: {links.console}"]
    return Message(subject, "\n".join(lines))
