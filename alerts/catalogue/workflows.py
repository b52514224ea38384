"""Alerts on workflows, by Temporal's server, which alone knows those that timed out; and on its workers."""

from alerts.catalogue.bursts import burst
from alerts.catalogue.episodes import Grows, Values, episode, minutes, steady
from alerts.catalogue.owner import job, priority
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


def queue_alerts(worker: Service, queue: str, *, temporal: str = "temporal") -> tuple[Alert, ...]:
    """Of the worker of a task queue: nobody takes its tasks, or they wait."""
    own = f'job="{temporal}",taskqueue="{queue}"'
    polls, waits = f"temporal_num_pollers{{{job(worker)}}}", f"task_schedule_to_start_latency_bucket{{{own}}}"
    wait = f"histogram_quantile(0.95, sum by (le) (rate({waits}[5m])))"
    backlog = f"approximate_backlog_count{{{own}}}"
    book = Runbook(
        meaning="Tasks of workflows wait for a worker.",
        impact="Workflows start late and go on late; nothing is lost.",
        queries={"P95 of the wait": wait, "tasks that wait": f"sum({backlog})", "polls": f"sum({polls})"},
        steps=(
            f"`temporal task-queue describe -t {queue}`: who polls it, and how much waits?",
            f"`kubectl -n soma-agent-hub scale deploy/{worker.name} --replicas=N`: more workers, if those that are there are busy.",
            "If they wait for a service, that one's latency is the cause.",
        ),
    )
    return (
        Alert(
            name="WorkflowNoPollers",
            expr=f"sum by (job) ({polls}) == 0 or (max by (job) (up{{{job(worker)}}}) == 1 unless on (job) {polls})",
            hold=minutes(3),
            severity="page",
            priority=priority(worker, "page"),
            signal="symptom",
            summary=f"{worker.label}: nobody polls the queue {queue}",
            description="Its workers are up and take no tasks: no workflow goes on.",
            runbook=book.model_copy(
                update={
                    "meaning": "No worker polls its task queue.",
                    "impact": "Every workflow stands still: none starts, none ends.",
                }
            ),
            proofs=(
                episode(
                    "nobody polls",
                    {f"up{{{job(worker)}}}": 1, polls: 5},
                    {f"up{{{job(worker)}}}": 1, polls: 0},
                    lasts=minutes(4),
                    settles=minutes(2),
                ),
                episode(
                    "polls are not even counted",
                    {f"up{{{job(worker)}}}": 1, polls: 5},
                    {f"up{{{job(worker)}}}": 1},
                    lasts=minutes(10),
                    settles=minutes(2),
                ),
                steady("polled", {f"up{{{job(worker)}}}": 1, polls: 1}, lasts=minutes(30)),
            ),
        ),
        Alert(
            name="WorkflowBacklog",
            expr=f"{wait} > 5 or sum({backlog}) > 100",
            hold=minutes(10),
            severity="ticket",
            priority=priority(worker, "ticket"),
            signal="symptom",
            summary=f"{worker.label}: tasks wait for a worker",
            description=f"P95 of the wait in {queue} is above 5 s, or more than 100 tasks wait: {{{{ $value | humanize }}}}.",
            runbook=book,
            proofs=(
                episode(
                    "tasks wait 8 s", _waits(own, 0.1), _waits(own, 10), lasts=minutes(18), settles=minutes(8)
                ),
                episode("200 tasks wait", {_one(backlog): 3}, {_one(backlog): 200}, lasts=minutes(12)),
                steady("tasks wait 4 s", _waits(own, 5), lasts=minutes(30)),
                steady("90 tasks wait", {_one(backlog): 90}, lasts=minutes(30)),
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


def _one(backlog: str) -> str:
    return backlog.replace("}", ',task_type="Workflow"}')


def _waits(own: str, edge: float) -> Values:
    """All tasks wait up to an edge of the histogram, and no less than the one before it."""
    edges = (0.1, 1, 2, 5, 10)
    name = f'task_schedule_to_start_latency_bucket{{{own},le="%s"}}'
    return {name % f"{e:g}": Grows(60 if e >= edge else 0) for e in edges} | {name % "+Inf": Grows(60)}
