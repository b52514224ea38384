"""Which alerts of the catalogue each service and dependency of the platform has."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from alerts.catalogue import (
    alertmanager_alerts,
    audit_alerts,
    backup_alerts,
    certificate_alerts,
    clickhouse_alerts,
    dependency_down,
    down,
    drift_alert,
    exporter_down,
    failing,
    history_alerts,
    host_alerts,
    integration_alerts,
    kubernetes_alerts,
    minio_alerts,
    pager_alerts,
    policy_alerts,
    postgresql_alerts,
    process_alerts,
    prometheus_alerts,
    queue_alerts,
    redis_alerts,
    request_alerts,
    scrape_alerts,
    security_alerts,
    service_alerts,
    svid_alert,
    unreachable,
    volume_alerts,
    workflow_alerts,
)
from slo import Alert, Dependency, Service

RETENTION = timedelta(hours=200)  # the manual's

_Own = Callable[[Service], tuple[Alert, ...]]
_ADDED = "tool_invocation_overhead_seconds"
_UNAVAILABLE = ".*(Unavailable|Internal|DataLoss|DeadlineExceeded|ResourceExhausted)"


def alerted(services: Iterable[Service]) -> tuple[Service, ...]:
    """The services with the alerts that are about them, in front of those that they have."""
    return tuple(_with(service, _of(service)) for service in services)


def _with(service: Service, alerts: tuple[Alert, ...]) -> Service:
    # Not model_copy, which validates nothing.
    return type(service).model_validate(dict(service) | {"alerts": (*alerts, *service.alerts)})


def _of(service: Service) -> tuple[Alert, ...]:
    own = _OWN[service.name](service) if service.name in _OWN else ()
    if isinstance(service, Dependency) or not service.port:
        return own
    probe = f'probe_success{{job="blackbox",slo_service="{service.name}",probe="ready"}}'
    stores = tuple(need for need in service.needs if need in _STORES)
    reached = (unreachable(service, stores),) if stores else ()
    return (*service_alerts(service, ready=probe), *reached, *own)


def _temporal(temporal: Service) -> tuple[Alert, ...]:
    own = 'job="temporal"'
    failed = f'service_error_with_type{{{own},error_type=~"{_UNAVAILABLE}"}}'
    fed = (
        f'service_error_with_type{{{own},error_type="serviceerror_Unavailable"}}',
        f'service_requests{{{own},operation="PollWorkflowTaskQueue"}}',
    )
    return (
        dependency_down(temporal, check="temporal operator cluster health"),
        failing(temporal, failed, f"service_requests{{{own}}}", fed),
    )


def _redis(redis: Service) -> tuple[Alert, ...]:
    return (
        dependency_down(redis, 'redis_up{job="redis"}', check="redis-cli -p 10003 ping"),
        exporter_down(redis),
        *redis_alerts(redis),
    )


def _postgresql(postgresql: Service) -> tuple[Alert, ...]:
    return (
        dependency_down(postgresql, 'pg_up{job="postgresql"}', check="pg_isready -p 10004"),
        exporter_down(postgresql),
        *postgresql_alerts(postgresql),
    )


def _qdrant(qdrant: Service) -> tuple[Alert, ...]:
    total = 'rest_responses_total{job="qdrant"}'
    fed = tuple(
        f'rest_responses_total{{job="qdrant",method="POST",endpoint="/x",status="{s}"}}' for s in (500, 200)
    )
    return (
        dependency_down(
            qdrant,
            'dependency_up{job="memory-gateway",dependency="qdrant"}',
            check="curl -f http://qdrant:10005/readyz",
        ),
        exporter_down(qdrant),
        failing(qdrant, 'rest_responses_total{job="qdrant",status=~"5.."}', total, (fed[0], fed[1])),
    )


def _clickhouse(clickhouse: Service) -> tuple[Alert, ...]:
    failed, total = (
        f'ClickHouseProfileEvents_{what}{{job="clickhouse"}}' for what in ("FailedQuery", "Query")
    )
    return (
        dependency_down(clickhouse, check="curl -f http://clickhouse:8123/ping"),
        failing(clickhouse, failed, total, (failed, total)),
        *clickhouse_alerts(clickhouse),
    )


def _minio(minio: Service) -> tuple[Alert, ...]:
    failed, total = (f'minio_s3_requests_{what}total{{job="minio"}}' for what in ("5xx_errors_", ""))
    return (
        dependency_down(
            minio,
            'dependency_up{job="tool-service",dependency="minio"}',
            check="curl -f http://minio:10007/minio/health/cluster",
        ),
        exporter_down(minio),
        failing(minio, failed, total, (failed, total)),
        *minio_alerts(minio),
    )


def _certificates(certificates: Service) -> tuple[Alert, ...]:
    """Those of a life of days by the days that are left, SVIDs by the part of their life."""
    own, name = 'job="certificates"', "certificate_expiry_timestamp_seconds"
    began = "certificate_not_before_timestamp_seconds"
    plain, svid = (f'{own},source{op}"svid.*"' for op in ("!~", "=~"))
    fed, workload = f'{own},source="ingress.pem",name="a"', f'{own},source="svid.pem",name="gateway"'
    return (
        exporter_down(certificates),
        *certificate_alerts(certificates, f"{name}{{{plain}}}", by="source", fed=f"{name}{{{fed}}}"),
        svid_alert(
            certificates,
            f"{name}{{{svid}}}",
            f"{began}{{{svid}}}",
            by="source",
            fed=(f"{name}{{{workload}}}", f"{began}{{{workload}}}"),
        ),
    )


def _drift(drift: Service) -> tuple[Alert, ...]:
    fed = 'config_drift{job="drift",component="prometheus",kind="rules"}'
    return (
        exporter_down(drift),
        drift_alert(drift, 'config_drift{job="drift"}', by=("component", "kind"), fed=fed),
    )


def _orchestrator(orchestrator: Service) -> tuple[Alert, ...]:
    return (*request_alerts(orchestrator), *workflow_alerts(orchestrator, "AgentRun"))


def _identity(identity: Service) -> tuple[Alert, ...]:
    return (*request_alerts(identity), *security_alerts(identity), *audit_alerts(identity))


def _policy_engine(engine: Service) -> tuple[Alert, ...]:
    return (*request_alerts(engine), *policy_alerts(engine))


def _tool_service(tools: Service) -> tuple[Alert, ...]:
    return (*request_alerts(tools, duration=_ADDED), *integration_alerts(tools, "http.fetch"))


_STORES = ("temporal", "redis", "postgresql", "qdrant", "clickhouse", "minio")
_OWN: dict[str, _Own] = {
    "gateway": request_alerts,
    "orchestrator": _orchestrator,
    "orchestrator-worker": lambda worker: queue_alerts(worker, "agents"),
    "identity": _identity,
    "policy-engine": _policy_engine,
    "memory-gateway": request_alerts,
    "tool-service": _tool_service,
    "temporal": _temporal,
    "redis": _redis,
    "postgresql": _postgresql,
    "qdrant": _qdrant,
    "clickhouse": _clickhouse,
    "minio": _minio,
    "backups": lambda backups: backup_alerts(backups, "postgresql"),
    "certificates": _certificates,
    "drift": _drift,
    "history": lambda history: (exporter_down(history), *history_alerts(history)),
    "blackbox": lambda blackbox: (exporter_down(blackbox),),
    "node": lambda node: (exporter_down(node), *host_alerts(node)),
    "kubernetes": lambda cluster: (*kubernetes_alerts(cluster), *volume_alerts(cluster)),
    "prometheus": lambda prometheus: (
        *process_alerts(prometheus),
        *prometheus_alerts(prometheus, retention=RETENTION),
        *scrape_alerts(prometheus, "gateway"),
    ),
    "pager": lambda pager: (down(pager), *pager_alerts(pager)),
    "alertmanager": lambda alertmanager: (
        down(alertmanager),
        *process_alerts(alertmanager),
        *alertmanager_alerts(alertmanager),
    ),
}
