"""Alerts on the history: it is behind, or a part of it can't be read."""

from alerts.catalogue.episodes import Grows, minutes, steady
from alerts.catalogue.owner import job, priority
from slo.alert import Alert, Proof, Runbook
from slo.model import Service

_LATE = 1200  # seconds; a slot is kept within 6 minutes of its end, or 11 where scrapes are rare
_HOLD = minutes(15)
_LOG = "`kubectl -n soma-agent-hub logs deploy/history --tail=50`, or `.slo/logs/history.log`: it names what could not be read or written."
_LATER = (
    "Nothing is lost while Prometheus keeps its samples: what is missing is read once the cause is mended."
)


def history_alerts(history: Service) -> tuple[Alert, ...]:
    """Of a collector that keeps events for years; its gate is shut once nothing is known for an hour."""
    last, success = (
        f"slo_history_last_{what}_timestamp_seconds{{{job(history)}}}" for what in ("slot", "success")
    )
    failures = f"increase(slo_history_failures_total{{{job(history)}}}[1h])"
    unknown = f"topk(10, slo_history_unknown_seconds{{{job(history)}}})"
    return (
        _late(
            history,
            "HistoryLags",
            last,
            summary=f"{history.label} is behind",
            description="The newest slot that is kept ended {{ $value | humanizeDuration }} ago; 6 minutes are usual.",
            runbook=Runbook(
                meaning="No new slot of any SLO was kept for more than 20 minutes.",
                impact="Budgets of long and calendar periods stand still, and after an hour `slo gate` lets nothing pass.",
                queries={
                    "lag in seconds": f"slo_history_lag_seconds{{{job(history)}}}",
                    "failures": failures,
                },
                steps=(
                    _LOG,
                    "Does Prometheus answer, and does it scrape? `curl -s http://prometheus:10010/-/ready`.",
                    "Is the disk or the database of the history full, or is it locked by another?",
                    _LATER,
                ),
            ),
        ),
        _late(
            history,
            "HistoryIncomplete",
            success,
            summary=f"{history.label} can't read everything",
            description="The last round that read all of it ended {{ $value | humanizeDuration }} ago.",
            runbook=Runbook(
                meaning="For more than 20 minutes, each round of the history left something out.",
                impact="Some SLOs, a region or a replica are missing in it: budgets and reports know less than they could.",
                queries={"failures": failures, "unknown seconds of the last hour": unknown},
                steps=(
                    _LOG,
                    "A query that its server refuses is a fault of the SLO: `slo lint` and `slo test`.",
                    "A server or replica that is away is asked again in each round.",
                    _LATER,
                ),
            ),
        ),
    )


def _late(  # noqa: PLR0913 - a row of a table
    history: Service, name: str, at: str, *, summary: str, description: str, runbook: Runbook
) -> Alert:
    """On a moment that should move on: proofs begin with the clock at 0."""
    return Alert(
        name=name,
        expr=f"time() - max by (job) ({at}) > {_LATE}",
        hold=_HOLD,
        severity="ticket",
        priority=priority(history, "ticket"),
        summary=summary,
        description=description,
        runbook=runbook,
        proofs=(
            Proof(
                title="it stands still for 40 minutes, and catches up",
                series={at: f"0+60x10 600x39 {51 * 60}+60x10"},
                silent=(minutes(10), minutes(55)),
                fires=(minutes(50),),
            ),
            steady("as it always lags", {at: Grows(60, -600)}, lasts=minutes(60)),
        ),
    )
