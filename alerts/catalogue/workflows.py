"""Alerts on workflows, by Temporal's server, which alone knows those that timed out."""

from alerts.catalogue.bursts import burst
from alerts.catalogue.episodes import Grows, Values, episode, minutes, steady
from alerts.catalogue.owner import priority
from slo.alert import Alert, Runbook
from slo.model import Service

_BAD = ("failed", "timeout", "terminate")
_QUERY = "`temporal workflow list --query 'ExecutionStatus = \"Failed\"'` names them"


def workflow_alerts(orchestrator: Service, workflow: str, *, temporal: str = "temporal") -> tuple[Alert, ...]:
    """Of one type of workflow: more than a tenth fails, some time out."""
    own = f'job="{temporal}",workflowType="{workflow}"'
    timeouts = f"workflow_timeout{{{own}}}"
    return (
        _failing(orchestrator, own),
        burst(
            orchestrator,
            "WorkflowTimeouts",
            timeouts,
            timeouts,
            severity="ticket",
            most=3,
            window=30,
            signal="symptom",
            summary=f"{orchestrator.label}: workflows run out of time",
            description="Workflows timed out:",
            runbook=Runbook(
                meaning="Workflows were ended by Temporal as they took longer than they may.",
                impact="Their users get no answer, and nothing of what they did is taken back.",
                queries={
                    "timed out": f"rate({timeouts}[30m])",
                    "all that ended": f"rate(workflow_success{{{own}}}[30m])",
                },
                steps=(
                    "`temporal workflow list --query 'ExecutionStatus = \"TimedOut\"'` names them; `temporal workflow show -w ID` where they stood.",
                    "Were they waiting for a worker, for a tool, or for a person?",
                ),
            ),
        ),
    )


def _failing(orchestrator: Service, own: str) -> Alert:
    ended = [
        f'label_replace(sum(rate(workflow_{end}{{{own}}}[15m])), "outcome", "{end}", "", "")'
        for end in (*_BAD, "success")
    ]
    bad, total = (f"sum({' or '.join(some)})" for some in (ended[:3], ended))

    def fed(share: float, each: float = 10) -> Values:
        return {
            f"workflow_failed{{{own}}}": Grows(each * share),
            f"workflow_success{{{own}}}": Grows(each * (1 - share)),
        }

    return Alert(
        name="WorkflowsFailing",
        expr=f"{bad} / {total} > 0.1 and {total} * 900 >= 10",
        hold=minutes(5),
        severity="page",
        priority=priority(orchestrator, "page"),
        signal="symptom",
        summary=f"{orchestrator.label}: workflows fail",
        description="{{ $value | humanizePercentage }} of the workflows that ended in 15 minutes failed.",
        runbook=Runbook(
            meaning="More than a tenth of all workflows that end fail, time out or are terminated.",
            impact="Their users get no answer; the objective of 95 % is missed while it lasts.",
            queries={
                "share that fails": f"{bad} / {total}",
                "tries of activities that failed": "sum by (activity_type) (rate(temporal_activity_execution_failed_total[15m]))",
            },
            steps=(
                f"{_QUERY}; `temporal workflow show -w ID` says which activity failed, and with what.",
                "Is it one activity? Its service (policy, memory, tools) is the cause: look at its alerts.",
                "Is it since a deployment of the worker? Take that back; running workflows are replayed.",
            ),
        ),
        proofs=(
            episode(
                "a fifth fails", fed(0), fed(0.2), lasts=minutes(22), settles=minutes(18), before=minutes(16)
            ),
            steady("just below a tenth", fed(0.098), lasts=minutes(50)),
            steady("too few to judge", fed(0.5, 0.5), lasts=minutes(50)),
        ),
    )
