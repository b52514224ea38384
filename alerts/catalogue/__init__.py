"""The catalogue of alerts: functions that take a service, and thresholds where they may differ, and return alerts.

Each alert comes with its runbook and its proofs. They go into ``Service.alerts``, of the platform's spec or of any other.
"""

from alerts.catalogue.audit import audit_alerts
from alerts.catalogue.backups import backup_alerts
from alerts.catalogue.bursts import burst
from alerts.catalogue.certificates import certificate_alerts, svid_alert
from alerts.catalogue.dependencies import dependency_down, exporter_down, failing, unreachable
from alerts.catalogue.drift import drift_alert
from alerts.catalogue.history import history_alerts
from alerts.catalogue.hosts import fills, host_alerts
from alerts.catalogue.integrations import integration_alerts
from alerts.catalogue.kubernetes import kubernetes_alerts, volume_alerts
from alerts.catalogue.monitoring import prometheus_alerts, retention_short, scrape_alerts, watchdog
from alerts.catalogue.paging import alertmanager_alerts, pager_alerts
from alerts.catalogue.policies import policy_alerts
from alerts.catalogue.queues import queue_alerts
from alerts.catalogue.requests import request_alerts
from alerts.catalogue.security import security_alerts
from alerts.catalogue.services import down, process_alerts, service_alerts
from alerts.catalogue.stores import clickhouse_alerts, minio_alerts, postgresql_alerts, redis_alerts
from alerts.catalogue.usage import usage
from alerts.catalogue.workflows import workflow_alerts

__all__ = [
    "alertmanager_alerts",
    "audit_alerts",
    "backup_alerts",
    "burst",
    "certificate_alerts",
    "clickhouse_alerts",
    "dependency_down",
    "down",
    "drift_alert",
    "exporter_down",
    "failing",
    "fills",
    "history_alerts",
    "host_alerts",
    "integration_alerts",
    "kubernetes_alerts",
    "minio_alerts",
    "pager_alerts",
    "policy_alerts",
    "postgresql_alerts",
    "process_alerts",
    "prometheus_alerts",
    "queue_alerts",
    "redis_alerts",
    "request_alerts",
    "retention_short",
    "scrape_alerts",
    "security_alerts",
    "service_alerts",
    "svid_alert",
    "unreachable",
    "usage",
    "volume_alerts",
    "watchdog",
    "workflow_alerts",
]
