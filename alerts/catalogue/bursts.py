"""Alerts on events that should not be, or not so often: how many there were within a window."""

from datetime import timedelta

from alerts.catalogue.episodes import Grows, episode, minutes, steady
from alerts.catalogue.owner import priority
from slo.alert import Alert, Priority, Runbook, Signal
from slo.burnrate import Severity
from slo.model import Service


def burst(  # noqa: PLR0913 - a row of a table of alerts
    service: Service,
    name: str,
    counter: str,
    fed: str,
    *,
    severity: Severity,
    summary: str,
    description: str,
    runbook: Runbook,
    most: int = 0,
    window: int = 15,
    by: str = "job",
    urgency: Priority | None = None,
    signal: Signal = "cause",
    hold: timedelta | None = None,
) -> Alert:
    """More than ``most`` events of a counter within ``window`` minutes; ``fed`` is one series that it selects.

    The first of all events is seen only of a counter that begins at 0, as those of services do.
    """
    lasts = window + (hold or timedelta()) // minutes(1) + 3
    each = 2 * (most + 1) / window
    return Alert(
        name=name,
        expr=f"sum by ({by}) (increase({counter}[{window}m])) > {most}",
        hold=hold,
        severity=severity,
        priority=urgency or priority(service, severity),
        signal=signal,
        summary=summary,
        description=f"{description} {{{{ $value | humanize }}}} within {window} minutes.",
        runbook=runbook,
        proofs=(
            episode(
                f"more than {most}",
                {fed: Grows(0)},
                {fed: Grows(each)},
                lasts=minutes(lasts),
                settles=minutes(window + 3),
                before=minutes(window),
            ),
            steady(
                f"no more than {most}" if most else "none",
                {fed: Grows(0.95 * most / window)},
                lasts=minutes(2 * window + lasts),
            ),
        ),
    )
