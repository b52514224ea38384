"""Kubernetes by kube-state-metrics 2 and the kubelet's cAdvisor, scraped as one job."""

from slo import Counter, Dependency, Gauge

_ABSENT = "no Kubernetes runs here"
_POD: dict[str, tuple[str, ...]] = {"namespace": (), "pod": ()}
_CONTAINER: dict[str, tuple[str, ...]] = {"namespace": (), "pod": (), "container": ()}
_DEPLOYMENT: dict[str, tuple[str, ...]] = {"namespace": (), "deployment": ()}
_CLAIM: dict[str, tuple[str, ...]] = {"namespace": (), "persistentvolumeclaim": ()}


def _gauge(name: str, means: str, labels: dict[str, tuple[str, ...]]) -> Gauge:
    return Gauge(name=name, help=means, labels=labels, unproven=_ABSENT)


def _counter(name: str, means: str, labels: dict[str, tuple[str, ...]]) -> Counter:
    return Counter(name=name, help=means, labels=labels, unproven=_ABSENT)


kubernetes = Dependency(
    name="kubernetes",
    title="Kubernetes",
    metrics_port=10043,
    owner="platform",
    tier=2,
    metrics=(
        _counter("kube_pod_container_status_restarts_total", "Restarts of a container.", _CONTAINER),
        _gauge(
            "kube_pod_container_status_waiting_reason",
            "1 for the reason for which a container waits, such as CrashLoopBackOff.",
            _CONTAINER | {"reason": ()},
        ),
        _gauge(
            "kube_pod_container_status_last_terminated_reason",
            "1 for the reason for which a container last ended, such as OOMKilled.",
            _CONTAINER | {"reason": ()},
        ),
        _gauge("kube_pod_status_phase", "1 for the phase that a pod is in.", _POD | {"phase": ()}),
        _gauge("kube_pod_status_ready", "1 for whether a pod is ready.", _POD | {"condition": ()}),
        _gauge(
            "kube_pod_container_resource_limits",
            "What a container may use, in cores or bytes.",
            _CONTAINER | {"resource": (), "unit": (), "node": ()},
        ),
        _gauge("kube_deployment_spec_replicas", "Replicas that are wanted.", _DEPLOYMENT),
        _gauge("kube_deployment_status_replicas_available", "Replicas that are there.", _DEPLOYMENT),
        _gauge(
            "kube_node_status_condition",
            "1 for the status of a condition, such as Ready.",
            {"node": (), "condition": (), "status": ()},
        ),
        _gauge("kubelet_volume_stats_available_bytes", "Space left in a volume.", _CLAIM),
        _gauge("kubelet_volume_stats_capacity_bytes", "All space of a volume.", _CLAIM),
        _counter("container_cpu_usage_seconds_total", "Processor time of a container.", _CONTAINER),
        _counter("container_cpu_cfs_periods_total", "Periods of the scheduler.", _CONTAINER),
        _counter("container_cpu_cfs_throttled_periods_total", "Periods that were cut short.", _CONTAINER),
        _gauge("container_memory_working_set_bytes", "Memory that can't be freed.", _CONTAINER),
    ),
)
