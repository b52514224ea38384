"""Alertmanager by its own metrics (0.25)."""

from slo import Counter, Dependency, Gauge

_INTEGRATION: dict[str, tuple[str, ...]] = {"integration": ()}

alertmanager = Dependency(
    name="alertmanager",
    title="Alertmanager",
    port=10019,
    metrics_port=10019,
    owner="platform",
    tier=1,
    metrics=(
        Gauge(name="alertmanager_config_last_reload_successful", help="Whether the last reload went well."),
        Gauge(
            name="alertmanager_config_last_reload_success_timestamp_seconds",
            help="When it last reloaded well.",
        ),
        Gauge(name="alertmanager_config_hash", help="Of the configuration that is loaded."),
        Gauge(name="alertmanager_alerts", help="Alerts by state.", labels={"state": ()}),
        Gauge(
            name="alertmanager_silences",
            help="Silences by state.",
            labels={"state": ("active", "expired", "pending")},
        ),
        Counter(
            name="alertmanager_alerts_received_total",
            help="Alerts that came.",
            labels={"status": ("firing", "resolved"), "version": ()},
        ),
        Counter(name="alertmanager_alerts_invalid_total", help="Alerts refused.", labels={"version": ()}),
        Counter(name="alertmanager_notifications_total", help="Notifications.", labels=_INTEGRATION),
        Counter(
            name="alertmanager_notifications_failed_total",
            help="Notifications that failed for good.",
            labels=_INTEGRATION,
        ),
        Counter(
            name="alertmanager_notification_requests_failed_total",
            help="Attempts that failed.",
            labels=_INTEGRATION,
        ),
        Gauge(name="process_resident_memory_bytes", help="Memory in use."),
        Gauge(name="process_open_fds", help="File descriptors in use."),
        Gauge(name="process_max_fds", help="The most file descriptors."),
        Gauge(name="process_start_time_seconds", help="When it started."),
    ),
)
