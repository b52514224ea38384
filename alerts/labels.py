"""What every alert carries: labels for routing and inhibition, and links."""

from slo.burnrate import Severity
from slo.model import SLO, Platform, Service
from slo.rules import id_labels


def labels(service: Service, slo: SLO, severity: Severity) -> dict[str, str]:
    """The SLO's ids, the severity, and whose it is."""
    owned = {"team": service.owner, "tier": str(service.tier)}
    return id_labels(service, slo) | owned | service.labels | slo.labels | {"severity": severity}


def links(platform: Platform, service: Service, name: str) -> dict[str, str]:
    """Annotations: the runbook of an alert and the dashboard of a service."""
    return {
        "runbook_url": f"{platform.docs_url}/runbooks/{name}.md",
        "dashboard_url": f"{platform.grafana_url}/d/service-{service.name}",
    }
