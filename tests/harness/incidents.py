"""Incidents as the pager keeps them, for tests of what is told of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.paging.incident import Incident, IncidentAlert, Status
from alerts.paging.messages.called import Called
from alerts.paging.messages.content import Links

NOW = datetime(2026, 11, 25, 9, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LINKS = Links(
    acknowledge="https://pager.example.com/links/acknowledge.token",
    resolve="https://pager.example.com/links/resolve.token",
    console="https://console.example.com/incidents/17",
)
CALLED = Called(
    step="On-call engineer",
    now=("Ada, platform engineer",),
    following=("Tara, platform team lead",),
    following_at=NOW + 10 * MINUTE,
)


def burn(**changed: Any) -> IncidentAlert:  # noqa: ANN401 - any field
    """The page of an SLO whose budget burns."""
    fields = {
        "fingerprint": "b1",
        "labels": {
            "alertname": "ErrorBudgetBurnFast",
            "slo_id": "gateway-availability",
            "slo_service": "gateway",
            "slo_name": "availability",
            "severity": "page",
            "priority": "P0",
            "signal": "symptom",
            "team": "platform",
        },
        "annotations": {
            "summary": "Gateway API: the error budget of availability burns too fast",
            "description": "15% of requests fail now.",
            "objective": "99.9",
            "window": "30d",
            "unit": "requests",
            "error_ratio": "0.15000000000000002",
            "budget_left": "0.8721",
            "budget_empty_in": "15069.3",
            "runbook_url": "https://docs.example.com/slo/runbooks/ErrorBudgetBurnFast.md",
            "dashboard_url": "https://grafana.example.com/d/service-gateway",
        },
        "started": NOW - 3 * MINUTE,
    }
    return IncidentAlert.model_validate(fields | changed)


def down(**changed: Any) -> IncidentAlert:  # noqa: ANN401 - any field
    """The outage of a dependency, an alert of its own."""
    fields = {
        "fingerprint": "d1",
        "labels": {
            "alertname": "DependencyDown",
            "slo_service": "redis",
            "severity": "page",
            "priority": "P0",
            "signal": "down",
            "team": "platform",
        },
        "annotations": {
            "summary": "Redis is down",
            "description": "Its exporter has not reached it for 1 minute. Sessions and rate limits fail.",
            "runbook_url": "https://docs.example.com/slo/runbooks/DependencyDown.md",
            "dashboard_url": "https://grafana.example.com/d/service-redis",
        },
        "started": NOW - 3 * MINUTE,
    }
    return IncidentAlert.model_validate(fields | changed)


def incident(*alerts: IncidentAlert, **changed: Any) -> Incident:  # noqa: ANN401 - any field
    """An incident that has just been triggered."""
    told = alerts or (burn(),)
    fields = {
        "id": "4f1c2d",
        "number": 17,
        "team": "platform",
        "title": told[0].annotations["summary"],
        "severity": "page",
        "priority": "P0",
        "status": Status.TRIGGERED,
        "alerts": told,
        "created": NOW,
        "next_level_at": NOW + 10 * MINUTE,
    }
    return Incident.model_validate(fields | changed)


def outage() -> Incident:
    """One cause with the symptoms that it explains."""
    symptoms = [
        burn(
            fingerprint=f"s{number}",
            attached=True,
            labels=burn().labels | {"slo_service": service},
            annotations=burn().annotations
            | {"summary": f"{title}: the error budget of availability burns too fast"},
        )
        for number, (service, title) in enumerate(
            (("gateway", "Gateway API"), ("identity", "Identity"), ("memory-gateway", "Memory gateway"))
        )
    ]
    return incident(down(), *symptoms)


def resolved() -> Incident:
    """Over, by itself, after somebody worked on it."""
    ended = burn().annotations | {"budget_left_at_end": "0.8214"}
    return incident(
        burn(ended=NOW + 31 * MINUTE, annotations=ended),
        status=Status.RESOLVED,
        acknowledged=NOW + 4 * MINUTE,
        acknowledged_by="ada",
        resolved=NOW + 31 * MINUTE,
        resolved_by="pager",
        next_level_at=None,
    )


def acknowledged() -> Incident:
    """Somebody works on it."""
    return incident(
        status=Status.ACKNOWLEDGED, acknowledged=NOW + 4 * MINUTE, acknowledged_by="ada", next_level_at=None
    )
