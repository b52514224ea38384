"""Alerts on pods, by kube-state-metrics, and on the limits of their containers, by the kubelet."""

from alerts.catalogue.episodes import episode, minutes, steady
from alerts.catalogue.owner import job
from alerts.catalogue.usage import usage
from slo.alert import Alert, Runbook
from slo.model import Service

_POD = 'namespace="soma-agent-hub",pod="gateway-0",container="gateway"'


def kubernetes_alerts(cluster: Service, *, namespace: str = "soma-agent-hub") -> tuple[Alert, ...]:
    """Of one namespace: crash loops, pods that are not ready, containers near their limit, volumes near their end."""
    own = f'{job(cluster)},namespace="{namespace}"'
    waiting = f'kube_pod_container_status_waiting_reason{{{own},reason="CrashLoopBackOff"}}'
    fed = f'kube_pod_container_status_waiting_reason{{{job(cluster)},{_POD},reason="CrashLoopBackOff"}}'
    ready = f'kube_pod_status_ready{{{own},condition="false"}}'
    one = f'kube_pod_status_ready{{{job(cluster)},namespace="{namespace}",pod="gateway-0",condition="false"}}'
    used, limit = (
        f"container_memory_working_set_bytes{{{own}}}",
        f'kube_pod_container_resource_limits{{{own},resource="memory"}}',
    )
    pods = f"kubectl -n {namespace}"
    return (
        Alert(
            name="PodCrashLooping",
            expr=f"max by (namespace, pod, container) (max_over_time({waiting}[5m])) >= 1",
            hold=minutes(5),
            severity="page",
            priority="P1",
            summary="{{ $labels.pod }} is in a crash loop",
            description="Its container {{ $labels.container }} ends soon after each start, for more than 5 minutes.",
            runbook=Runbook(
                meaning="Kubernetes starts a container again and again, and waits longer each time.",
                impact="The replica is gone; with the last of them, the service.",
                queries={
                    "crash loops": waiting,
                    "restarts": f"increase(kube_pod_container_status_restarts_total{{{own}}}[1h])",
                },
                steps=(
                    f"`{pods} logs POD -c CONTAINER --previous`: its last lines.",
                    f"`{pods} describe pod POD`: exit code, `OOMKilled`, probes, missing secrets.",
                    "Was it just deployed? `helm -n soma-agent-hub rollback soma-agent-hub`.",
                ),
            ),
            proofs=(
                episode("waits between crashes", {fed: 0}, {fed: 1}, lasts=minutes(12), settles=minutes(8)),
                steady("no crash", {fed: 0}, lasts=minutes(30)),
            ),
        ),
        Alert(
            name="PodNotReady",
            expr=f"max by (namespace, pod) ({ready}) == 1",
            hold=minutes(15),
            severity="ticket",
            priority="P2",
            signal="symptom",
            summary="{{ $labels.pod }} is not ready",
            description="It has not been ready for more than 15 minutes.",
            runbook=Runbook(
                meaning="A pod runs, or waits to run, and gets no traffic.",
                impact="Less capacity; none if it is the only one.",
                queries={"not ready": f"{ready} == 1"},
                steps=(
                    f"`{pods} describe pod POD`: pending for lack of room, or a readiness probe that fails?",
                    f"`{pods} get events --sort-by=.lastTimestamp`.",
                ),
            ),
            proofs=(
                episode("not ready", {one: 0}, {one: 1}, lasts=minutes(17), settles=minutes(2)),
                steady("ready", {one: 0}, lasts=minutes(40)),
            ),
        ),
        *usage(
            cluster,
            "Memory",
            "memory",
            f"max by (namespace, pod, container) ({used} / on (namespace, pod, container) ({limit} > 0))",
            {
                f"container_memory_working_set_bytes{{{job(cluster)},{_POD}}}": 1e9,
                f'kube_pod_container_resource_limits{{{job(cluster)},{_POD},resource="memory"}}': None,
            },
            "At its limit the container is killed, and its requests with it.",
        ),
    )


def volume_alerts(cluster: Service, *, namespace: str = "soma-agent-hub") -> tuple[Alert, ...]:
    """Persistent volumes, by the kubelet."""
    own = f'{job(cluster)},namespace="{namespace}"'
    free, size = (f"kubelet_volume_stats_{kind}_bytes{{{own}}}" for kind in ("available", "capacity"))
    claim = f'{{{job(cluster)},namespace="{namespace}",persistentvolumeclaim="data-postgresql-0"}}'
    return usage(
        cluster,
        "Disk",
        "disk",
        f"max by (persistentvolumeclaim) (1 - {free} / {size})",
        {
            f"kubelet_volume_stats_available_bytes{claim}": 1e11,
            f"kubelet_volume_stats_capacity_bytes{claim}": None,
        },
        "The store that it belongs to stops writing when it is full.",
        free=True,
    )
