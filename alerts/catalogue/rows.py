"""Alerts on parts of the monitoring by one counter or one gauge each, which their own exporters document."""

from alerts.catalogue.bursts import burst
from alerts.catalogue.episodes import episode, minutes, steady
from alerts.catalogue.owner import job, priority
from slo.alert import Alert, Runbook
from slo.burnrate import Severity
from slo.model import Service


def counted(  # noqa: PLR0913, PLR0917 - a row of a table
    service: Service, name: str, counter: str, severity: Severity, does: str, impact: str, label: str = ""
) -> Alert:
    """An alert on a counter of what should not happen; ``label`` is one that its series have."""
    own = counter if "{" in counter else f"{counter}{{{job(service)}}}"
    fed = own.replace("}", f",{label}}}") if label else own
    return burst(
        service,
        name,
        own,
        fed,
        severity=severity,
        hold=minutes(2),
        summary=f"{service.label} {does}",
        description="Times that it happened:",
        runbook=_book(service, does, impact, own, f"increase({own}[15m])"),
    )


def gauge(  # noqa: PLR0913, PLR0917 - a row of a table
    service: Service,
    name: str,
    fed: str,
    expr: str,
    values: tuple[float, float],
    severity: Severity,
    does: str,
    impact: str,
) -> Alert:
    """An alert on a gauge ``fed`` that says that all is well or not; ``values`` are those of the two."""
    calm, bad = values
    return Alert(
        name=name,
        expr=expr,
        hold=minutes(2),
        severity=severity,
        priority=priority(service, severity),
        summary=f"{service.label} {does}",
        description="It says so itself, for more than 2 minutes.",
        runbook=_book(service, does, impact, fed, fed),
        proofs=(
            episode(f"it {does}", {fed: calm}, {fed: bad}, lasts=minutes(4), settles=minutes(2)),
            steady("all well", {fed: calm}, lasts=minutes(30)),
        ),
    )


def _book(service: Service, does: str, impact: str, fed: str, query: str) -> Runbook:
    return Runbook(
        meaning=f"A part of the monitoring {does}.",
        impact=impact,
        queries={fed.partition("{")[0]: query},
        steps=(
            f"`kubectl -n soma-agent-hub logs deploy/{service.name} --tail=200`, or `.slo/logs/{service.name}.log`: it names the cause.",
            f"`curl -s http://{service.name}:{service.scraped}/-/ready`; is its disk full, or its memory used up?",
            "Did the configuration change? `slo generate --check` has promtool judge it.",
        ),
        escalation="Alerts that nobody hears are P0 for whoever finds it: tell the team by other means.",
    )
