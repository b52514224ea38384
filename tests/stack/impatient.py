"""The platform with less patience, for tests of what its own alerts tell after a quarter of an hour."""

from datetime import timedelta

from alerts.catalogue import backup_alerts
from slo import Service
from somahub.spec import platform as patient


def _sooner(service: Service) -> Service:
    """An RPO of two minutes instead of 15, where a backup is made each minute; memory that is full for 15 s, not 5 min."""
    alerts = {alert.name: alert for alert in service.alerts}
    if service.name == "backups":
        alerts = {a.name: a for a in backup_alerts(service, "postgresql", rpo=timedelta(minutes=2))}
    if service.name == "redis":
        full = alerts["MemoryExhausted"]
        alerts["MemoryExhausted"] = full.model_copy(update={"hold": timedelta(seconds=15)})
    return service.model_copy(update={"alerts": tuple(alerts.values())})


platform = patient.model_copy(update={"services": tuple(_sooner(s) for s in patient.services)})
