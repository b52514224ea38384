"""Alerts on what lies outside of the platform: tools that time out or fail, circuits that opened."""

from alerts.catalogue.episodes import Grows, Values, episode, minutes, steady
from alerts.catalogue.owner import job, priority
from slo.alert import Alert, Runbook
from slo.burnrate import Severity
from slo.model import Service

_USES = "tool_invocations_total"


def integration_alerts(tools: Service, example: str) -> tuple[Alert, ...]:
    """Of a service that uses tools; ``example`` is one of them, for the proofs."""
    own = job(tools)
    circuit = f'tool_circuit_state{{{own},state="open"}}'
    fed = f'tool_circuit_state{{{own},state="open",tool="{example}"}}'
    return (
        _share(tools, example, "IntegrationTimeouts", "page", "timeout", 0.1, "times out"),
        _share(tools, example, "IntegrationErrors", "ticket", "failure|unknown", 0.05, "fails"),
        Alert(
            name="CircuitOpen",
            expr=f"sum by (tool) ({circuit}) > 0",
            hold=minutes(5),
            severity="ticket",
            priority=priority(tools, "ticket"),
            signal="symptom",
            summary=f"{tools.label}: the circuit of {{{{ $labels.tool }}}} is open",
            description="{{ $value | humanize }} hosts of it have failed so often that they are no longer asked.",
            runbook=Runbook(
                meaning="A host outside failed so often that the tool service no longer asks it, but for a try now and then.",
                impact="Uses of the tool fail at once; workflows that need it fail or wait.",
                queries={
                    "open circuits": circuit,
                    "uses": f"sum by (tool, outcome) (rate({_USES}{{{own}}}[5m]))",
                },
                steps=(
                    "The log's `tool.circuit` lines name the host and the time.",
                    "Look at that provider's status page, and at what its answers say: expired token, rate limit, outage.",
                    "It closes by itself with the first try that succeeds.",
                ),
                escalation="An outage of a provider is the vendor's: open a ticket with them.",
            ),
            proofs=(
                episode("open", {fed: 0}, {fed: 1}, lasts=minutes(7), settles=minutes(2)),
                steady("closed", {fed: 0}, lasts=minutes(20)),
            ),
        ),
    )


def _share(  # noqa: PLR0913, PLR0917 - a row of two
    tools: Service, example: str, name: str, severity: Severity, outcomes: str, limit: float, does: str
) -> Alert:
    own = job(tools)
    bad, total = f'{_USES}{{{own},outcome=~"{outcomes}"}}', f"{_USES}{{{own}}}"
    ratio = f"sum by (tool) (rate({bad}[10m])) / sum by (tool) (rate({total}[10m]))"
    first = outcomes.partition("|")[0]

    def fed(share: float, each: float = 20) -> Values:
        shares = {first: share, "success": 1 - share}
        return {
            f'{_USES}{{{own},tool="{example}",outcome="{o}"}}': Grows(each * s) for o, s in shares.items()
        }

    return Alert(
        name=name,
        expr=f"{ratio} > {limit:g} and sum by (tool) (increase({total}[10m])) >= 10",
        hold=minutes(5),
        severity=severity,
        priority=priority(tools, severity),
        signal="symptom",
        summary=f"{tools.label}: {{{{ $labels.tool }}}} {does}",
        description=f"{{{{ $value | humanizePercentage }}}} of its uses: it {does}.",
        runbook=Runbook(
            meaning=f"What a tool asks of a system outside {does}, more often than in {limit:.0%} of its uses.",
            impact="Workflows that need the tool are slow, fail, or do not know whether it took effect.",
            queries={"share": ratio, "outcomes": f"sum by (tool, outcome) (rate({total}[10m]))"},
            steps=(
                "The traces of `tool.attempt` say which host, and how long each attempt took.",
                "Is it the provider (its status page), or the way there (`kubectl -n soma-agent-hub get networkpolicies`, DNS)?",
                "If it lasts, tell the users of it; uses whose outcome is unknown are listed in the log as `tool.invoked`.",
            ),
            escalation="An outage of a provider is the vendor's: open a ticket with them.",
        ),
        proofs=(
            episode(
                f"it {does}",
                fed(0),
                fed(2 * limit),
                lasts=minutes(18),
                settles=minutes(13),
                before=minutes(12),
            ),
            steady("just below the limit", fed(0.98 * limit), lasts=minutes(40)),
            steady("too few to judge", fed(0.5, 0.5), lasts=minutes(40)),
        ),
    )
