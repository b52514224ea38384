"""What others send as alerts of groups: one incident for each team, service and severity."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple, get_args

from alerts.paging.incident import IncidentAlert
from alerts.paging.models import Alert, PagerDutyEvent, PagerDutyPayload, Webhook
from slo import names
from slo.alert import Priority
from slo.burnrate import Severity

_PRIORITIES: dict[str, Priority] = {one: one for one in get_args(Priority)}
_USUAL: dict[Severity, Priority] = {"page": "P1", "ticket": "P3"}
# What PagerDuty's severities are here.
_PAGERDUTY: dict[str, tuple[Severity, Priority]] = {
    "critical": ("page", "P0"),
    "error": ("page", "P1"),
    "warning": ("ticket", "P2"),
    "info": ("ticket", "P3"),
}


class Arrival(NamedTuple):
    """An alert that was told, with what its incident needs; ``key`` is its group.

    ``receiver`` is the one that Alertmanager can't deliver to itself, if that is why it was told.
    """

    key: str
    team: str
    severity: Severity
    priority: Priority
    title: str
    test: bool
    alert: IncidentAlert
    receiver: str = ""


def arrivals(webhook: Webhook, now: datetime) -> list[Arrival]:
    """The alerts of a webhook, each with its group: what is down, what users see, or one fault of a service.

    One without a service is grouped as Alertmanager groups it.
    """
    return [_arrival(alert, webhook, now) for alert in webhook.alerts]


def event_arrival(team: str, key: str, event: PagerDutyEvent, now: datetime) -> Arrival:
    """A trigger of PagerDuty's API; its ``dedup_key`` is its group."""
    payload = event.payload or PagerDutyPayload(summary=key, source="unknown", severity="error")
    severity, priority = _PAGERDUTY[payload.severity]
    labels = {
        "alertname": payload.summary,
        "source": payload.source,
        "component": payload.component,
        "group": payload.group,
        "client": event.client,
        "dedup_key": key,
        "severity": severity,
        "team": team,
    }
    links = {"dashboard_url": event.client_url} if event.client_url else {}
    alert = IncidentAlert(
        fingerprint=_short("pagerduty", team, key),
        labels={name: value for name, value in labels.items() if value},
        annotations={"summary": payload.summary, **links, **_details(payload.custom_details)},
        started=now,
    )
    return Arrival(event_group(team, key), team, severity, priority, payload.summary, test=False, alert=alert)


def event_group(team: str, key: str) -> str:
    """The group of a ``dedup_key``."""
    return _short("pagerduty", team, key)


def _arrival(alert: Alert, webhook: Webhook, now: datetime) -> Arrival:
    labels = alert.labels
    team = labels.get("team", "")
    severity: Severity = "ticket" if labels.get(names.SEVERITY) == "ticket" else "page"
    priority = _PRIORITIES.get(labels.get(names.PRIORITY, ""), _USUAL[severity])
    test = labels.get(names.TEST) == "true"
    name, signal = labels.get("alertname", alert.fingerprint), labels.get(names.SIGNAL, "cause")
    service = labels.get(names.SLO_SERVICE, "")
    of = (service, name if signal == "cause" else signal) if service else (webhook.group_key or name,)
    ended = min(alert.ends_at, now).astimezone(UTC) if alert.status == "resolved" else None
    told = IncidentAlert(
        fingerprint=alert.fingerprint,
        labels=labels,
        annotations=alert.annotations,
        started=alert.starts_at.astimezone(UTC),
        ended=ended,
    )
    title = alert.annotations.get("summary") or name
    key = _short(team, severity, str(test), webhook.receiver, *of)
    return Arrival(key, team, severity, priority, title, test, told, webhook.receiver)


def _details(custom: object) -> dict[str, str]:
    if isinstance(custom, dict):
        return {str(name): str(value) for name, value in custom.items()}
    return {} if custom is None else {"description": str(custom)}


def _short(*parts: str) -> str:
    """A key of bounded length, whatever names others give."""
    return sha256("\0".join(parts).encode()).hexdigest()[:32]
