"""Alerts on the workers of a task queue of Temporal: nobody polls it, or its tasks wait."""

from alerts.catalogue.episodes import Grows, Values, episode, minutes, steady
from alerts.catalogue.owner import job, priority
from slo.alert import Alert, Runbook
from slo.model import Service


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


def _one(backlog: str) -> str:
    return backlog.replace("}", ',task_type="Workflow"}')


def _waits(own: str, edge: float) -> Values:
    """All tasks wait up to an edge of the histogram, and no less than the one before it."""
    edges = (0.1, 1, 2, 5, 10)
    name = f'task_schedule_to_start_latency_bucket{{{own},le="%s"}}'
    return {name % f"{e:g}": Grows(60 if e >= edge else 0) for e in edges} | {name % "+Inf": Grows(60)}
