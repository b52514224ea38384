"""Alerts on what carries alerts to people: Alertmanager and the pager."""

from alerts.catalogue.owner import job
from alerts.catalogue.rows import counted, gauge
from slo.alert import Alert
from slo.model import Service

_UNHEARD = (
    "Alerts fire and nobody hears of them: look at http://prometheus:10010/alerts by eye until it is mended."
)


def alertmanager_alerts(alertmanager: Service) -> tuple[Alert, ...]:
    """On Alertmanager's own metrics."""
    reload = f"alertmanager_config_last_reload_successful{{{job(alertmanager)}}}"
    return (
        counted(
            alertmanager,
            "AlertmanagerFailing",
            "alertmanager_notifications_failed_total",
            "page",
            "can't notify a receiver",
            _UNHEARD,
            'integration="webhook"',
        ),
        gauge(
            alertmanager,
            "ConfigReloadFailed",
            reload,
            f"max by (job) ({reload}) == 0",
            (1, 0),
            "ticket",
            "goes on with an old configuration",
            "New rules and targets are not in force.",
        ),
    )


def pager_alerts(pager: Service) -> tuple[Alert, ...]:
    """On the pager's own metrics; they reach people by the direct receivers, if the pager can't."""
    own = job(pager)
    oldest, beat = f"pager_outbox_oldest_seconds{{{own}}}", f"pager_heartbeat_age_seconds{{{own}}}"
    return (
        counted(
            pager,
            "PagerDeliveryFailing",
            f'pager_notifications_total{{{own},outcome="failed"}}',
            "page",
            "can't deliver notifications",
            _UNHEARD,
            'kind="slack"',
        ),
        gauge(
            pager,
            "PagerOutboxStuck",
            oldest,
            f"max by (job) ({oldest}) > 120",
            (5, 300),
            "page",
            "holds notifications that are minutes old",
            _UNHEARD,
        ),
        gauge(
            pager,
            "PagerHeartbeatLost",
            beat,
            f"max by (job) ({beat}) > 300",
            (30, 400),
            "page",
            "has not heard the watchdog for 5 minutes",
            _UNHEARD,
        ),
    )
