"""Prometheus by its own metrics (2.42)."""

from slo import Counter, Dependency, Gauge

_GROUP: dict[str, tuple[str, ...]] = {"rule_group": ()}
_TO: dict[str, tuple[str, ...]] = {"alertmanager": ()}

prometheus = Dependency(
    name="prometheus",
    title="Prometheus",
    port=10010,
    metrics_port=10010,
    owner="platform",
    tier=1,
    metrics=(
        Gauge(name="prometheus_config_last_reload_successful", help="Whether the last reload went well."),
        Gauge(
            name="prometheus_config_last_reload_success_timestamp_seconds", help="When it last reloaded well."
        ),
        Counter(name="prometheus_rule_evaluation_failures_total", help="Rules that failed.", labels=_GROUP),
        Counter(name="prometheus_rule_evaluations_total", help="Rules evaluated.", labels=_GROUP),
        Counter(
            name="prometheus_rule_group_iterations_missed_total",
            help="Evaluations left out because the one before took too long.",
            labels=_GROUP,
        ),
        Gauge(name="prometheus_rule_group_interval_seconds", help="Time between evaluations.", labels=_GROUP),
        Gauge(
            name="prometheus_rule_group_last_duration_seconds",
            help="How long the last evaluation took.",
            labels=_GROUP,
        ),
        Gauge(
            name="prometheus_rule_group_last_evaluation_timestamp_seconds",
            help="When the last evaluation began.",
            labels=_GROUP,
        ),
        Gauge(name="prometheus_notifications_alertmanagers_discovered", help="Alertmanagers in use."),
        Counter(name="prometheus_notifications_dropped_total", help="Alerts that reached none."),
        Counter(name="prometheus_notifications_errors_total", help="Alerts that failed to send.", labels=_TO),
        Counter(name="prometheus_notifications_sent_total", help="Alerts sent.", labels=_TO),
        Gauge(name="prometheus_notifications_queue_length", help="Alerts that wait."),
        Gauge(name="prometheus_notifications_queue_capacity", help="The most alerts that may wait."),
        Counter(
            name="prometheus_target_scrapes_exceeded_sample_limit_total",
            help="Scrapes refused for their size.",
        ),
        Counter(
            name="prometheus_target_scrapes_sample_duplicate_timestamp_total",
            help="Samples refused as another was there.",
        ),
        Counter(
            name="prometheus_target_scrapes_sample_out_of_order_total", help="Samples refused as too late."
        ),
        Gauge(name="prometheus_tsdb_head_series", help="Series in memory."),
        Counter(name="prometheus_tsdb_head_samples_appended_total", help="Samples written."),
        Gauge(name="prometheus_tsdb_storage_blocks_bytes", help="Size of the blocks on disk."),
        Gauge(
            name="prometheus_tsdb_lowest_timestamp_seconds",
            help="The time of the oldest sample that is kept.",
        ),
        Counter(
            name="prometheus_tsdb_time_retentions_total",
            help="Deletions of blocks for their age.",
        ),
        Counter(
            name="prometheus_tsdb_size_retentions_total",
            help="Deletions of blocks for the size of all.",
        ),
        Counter(name="prometheus_tsdb_compactions_failed_total", help="Compactions that failed."),
        Counter(name="prometheus_tsdb_reloads_failures_total", help="Blocks that could not be read."),
        Counter(name="prometheus_tsdb_wal_corruptions_total", help="Faults found in the write-ahead log."),
        Counter(name="prometheus_tsdb_wal_writes_failed_total", help="Writes to it that failed."),
        Gauge(name="process_resident_memory_bytes", help="Memory in use."),
        Gauge(name="process_open_fds", help="File descriptors in use."),
        Gauge(name="process_max_fds", help="The most file descriptors."),
        Gauge(name="process_start_time_seconds", help="When it started."),
    ),
)
