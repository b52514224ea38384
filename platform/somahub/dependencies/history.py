"""The history by its own metrics: how far it is, and what it lacks; with it come the periods that Prometheus does not keep."""

from slo import Counter, Dependency, Gauge

history = Dependency(
    name="history",
    title="History",
    metrics_port=10044,
    owner="platform",
    tier=2,
    periods=True,
    metrics=(
        Gauge(
            name="slo_history_last_success_timestamp_seconds",
            help="When a round last read everything; 0: none did since the start.",
        ),
        Gauge(
            name="slo_history_last_slot_timestamp_seconds",
            help="The end of the newest 5 minutes that are kept; 0: there are none.",
        ),
        Gauge(name="slo_history_lag_seconds", help="Time since then."),
        Gauge(
            name="slo_history_unknown_seconds",
            help="Time that no sample vouches for, of the last hour that could be kept.",
            labels={"slo_id": ()},
        ),
        Gauge(name="slo_history_round_seconds", help="How long the last round took."),
        Counter(name="slo_history_failures_total", help="What could not be read, or written."),
    ),
)
