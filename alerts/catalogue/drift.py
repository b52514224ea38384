"""An alert on what runs and is not what was generated or declared."""

from alerts.catalogue.episodes import episode, minutes, steady
from alerts.catalogue.owner import priority
from slo.alert import Alert, Proof, Runbook
from slo.model import Service


def drift_alert(service: Service, drift: str, *, by: tuple[str, ...], fed: str) -> Alert:
    """``drift`` selects a gauge that is 1 where a component's configuration differs; ``by`` are the labels that name it."""
    named = " ".join(f"{{{{ $labels.{label} }}}}" for label in by)
    return Alert(
        name="ConfigurationDrift",
        expr=f"max by ({', '.join(by)}) ({drift}) > 0",
        hold=minutes(15),
        severity="ticket",
        priority=priority(service, "ticket"),
        summary=f"{named} is not what was generated",
        description="What is loaded differs from what the spec gives, for more than 15 minutes.",
        runbook=Runbook(
            meaning="A component runs with another configuration than the one that was generated from the spec.",
            impact="Alerts, routes or limits may be other than everybody believes; the next deployment may undo a change by hand.",
            queries={"what differs": f"{drift} > 0"},
            steps=(
                "`slo generate --verify --out FOLDER` compares the files with the spec; `slo diff` says what a change means.",
                "Were the files changed? Reload: `kubectl -n soma-agent-hub exec deploy/prometheus -- kill -HUP 1`, and the same for alertmanager.",
                "Was it changed by hand for a reason? Put the reason and the change into the spec.",
            ),
        ),
        proofs=(
            episode("it differs for an hour", {fed: 0}, {fed: 1}, lasts=minutes(60), settles=minutes(2)),
            steady("in step", {fed: 0}, lasts=minutes(30)),
            Proof(title="a deployment", series={fed: "0x10 1x8 0x20"}, silent=(minutes(18), minutes(30))),
        ),
    )
