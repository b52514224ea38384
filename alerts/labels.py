"""What every alert carries: labels for routing and inhibition, and links."""

from slo import names
from slo.alert import Alert, Signal
from slo.burnrate import Severity
from slo.model import SLO, Platform, Service
from slo.oncall import usual_priorities
from slo.rules import id_labels
from slo.sli import Uptime


def labels(platform: Platform, service: Service, slo: SLO, severity: Severity) -> dict[str, str]:
    """The SLO's ids, the severity, how much it matters, and whose it is."""
    priorities = platform.oncall.priorities if platform.oncall else usual_priorities()
    # Of an uptime it is the service itself that is not there; of all else, what its users see.
    signal: Signal = "down" if isinstance(slo.sli, Uptime) else "symptom"
    told = {
        names.SEVERITY: severity,
        names.PRIORITY: priorities[severity][service.tier - 1],
        names.SIGNAL: signal,
    }
    return id_labels(service, slo) | owned(service) | service.labels | slo.labels | told


def own_labels(service: Service, alert: Alert) -> dict[str, str]:
    """The same for an alert that stands for itself."""
    told = {names.SEVERITY: alert.severity, names.PRIORITY: alert.priority, names.SIGNAL: alert.signal}
    return {names.SLO_SERVICE: service.name} | owned(service) | service.labels | alert.labels | told


def links(platform: Platform, service: Service, name: str) -> dict[str, str]:
    """Annotations: the runbook of an alert and the dashboard of a service."""
    return {
        "runbook_url": f"{platform.docs_url}/runbooks/{name}.md",
        "dashboard_url": f"{platform.grafana_url}/d/{names.dashboard_uid(service.name)}",
    }


def owned(service: Service) -> dict[str, str]:
    """Whose a service is, and how much it matters."""
    return {names.TEAM: service.owner, "tier": str(service.tier)}
