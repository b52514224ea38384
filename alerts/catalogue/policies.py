"""Alerts on the constitution in force: changed by somebody else, too old, or failing to decide."""

from alerts.catalogue.bursts import burst
from alerts.catalogue.episodes import episode, minutes, steady
from alerts.catalogue.owner import address, job, priority
from slo.alert import Alert, Runbook
from slo.model import Service


def policy_alerts(engine: Service) -> tuple[Alert, ...]:
    """Of the policy engine."""
    own, base = job(engine), f"http://{address(engine)}"
    loads, age = f"policy_bundle_loads_total{{{own}", f"policy_bundle_age_seconds{{{own}}}"
    failed = f'policy_decisions_total{{{own},decision="failed"'
    return (
        burst(
            engine,
            "PolicyTampering",
            f'{loads},outcome=~"tampered|unsigned"}}',
            f'{loads},outcome="tampered"}}',
            severity="page",
            urgency="P0",
            summary="A constitution was refused: it is not what was signed",
            description="Bundles refused:",
            runbook=Runbook(
                meaning="A constitution bundle was found whose signature is missing or does not fit its content.",
                impact="None yet: the last good one stays in force. Somebody may try to change what is allowed.",
                queries={
                    "bundles, by outcome": f"sum by (outcome) (increase({loads}}}[1h]))",
                    "version in force": f"policy_constitution_version{{{own}}}",
                },
                steps=(
                    'Loki: `{service="policy-engine"} | json | event="policy.bundle.refused"` says what does not fit.',
                    "Who wrote to where the bundle lies? Compare it with the one in version control.",
                    "Put the signed bundle back; it is taken within seconds, and `policy.bundle.loaded` says so.",
                ),
                escalation="A security incident is P0: call the platform team lead at once.",
            ),
        ),
        Alert(
            name="PolicyStale",
            expr=f"max by (job) ({age}) > 900",
            hold=minutes(5),
            severity="ticket",
            priority=priority(engine, "ticket"),
            summary=f"{engine.label}: the constitution in force is old",
            description="It was last seen where it comes from {{ $value | humanizeDuration }} ago.",
            runbook=Runbook(
                meaning="The policy engine goes on with a constitution that it can no longer find where it comes from.",
                impact="Decisions are made by the last good policies; a change of them does not arrive.",
                queries={
                    "age in seconds": age,
                    "bundles, by outcome": f"sum by (outcome) (increase({loads}}}[1h]))",
                },
                steps=(
                    f"`curl -s {base}/ready`, and the log's `policy.bundle.refused`: missing, stale or invalid?",
                    "Is the volume or the Constitution Service there? Publish the bundle again.",
                ),
            ),
            proofs=(
                episode("20 minutes old", {age: 10}, {age: 1200}, lasts=minutes(7), settles=minutes(2)),
                steady("14 minutes old", {age: 840}, lasts=minutes(30)),
            ),
        ),
        burst(
            engine,
            "PolicyDecisionsFailing",
            f"{failed}}}",
            f'{failed},cached="miss"}}',
            severity="page",
            signal="symptom",
            most=10,
            window=10,
            summary=f"{engine.label} can't decide, and denies",
            description="Decisions that failed closed:",
            runbook=Runbook(
                meaning="The policies failed, so that requests were denied that perhaps were allowed.",
                impact="Workflows are refused as by policy, with an answer of 200: users see denials.",
                queries={"decisions": f"sum by (decision) (rate(policy_decisions_total{{{own}}}[5m]))"},
                steps=(
                    'Loki: `{service="policy-engine"} | json | event="policy.failed"` has the reason.',
                    "Did it begin with a new constitution? Publish the one before, with a higher version.",
                ),
            ),
        ),
    )
