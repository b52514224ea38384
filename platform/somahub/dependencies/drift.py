"""Configuration drift: what Prometheus and Alertmanager have loaded, against what was generated."""

from slo import Counter, Dependency, Gauge

COMPONENTS = ("alertmanager", "prometheus")
_PART: dict[str, tuple[str, ...]] = {"component": COMPONENTS, "kind": ("config", "rules")}

drift = Dependency(
    name="drift",
    title="Configuration drift",
    metrics_port=10029,
    metrics_path="/metrics/drift",
    owner="platform",
    tier=2,
    metrics=(
        Gauge(
            name="config_drift",
            help="1 where what is loaded differs from what was generated, else 0; no series while it can't be told.",
            labels=_PART,
        ),
        Gauge(
            name="config_drift_since_timestamp_seconds",
            help="When the difference was first seen; 0 without one.",
            labels=_PART,
        ),
        Gauge(
            name="config_drift_check_success",
            help="Whether the component could be asked and what was generated could be read.",
            labels={"component": COMPONENTS},
        ),
        Counter(
            name="config_drift_check_errors_total",
            help="Checks that told nothing.",
            labels={"component": COMPONENTS},
        ),
        Gauge(
            name="config_drift_last_check_timestamp_seconds",
            help="When the last check that told something ended.",
            labels={"component": COMPONENTS},
        ),
    ),
)
