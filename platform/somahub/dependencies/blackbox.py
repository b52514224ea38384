"""Probes from outside, by blackbox_exporter 0.23: health and readiness of services, ports of dependencies, TLS.

Each series is of one target, whose scrape says ``slo_service`` and ``probe``.
"""

from slo import Dependency, Gauge
from slo.names import SLO_SERVICE

_TARGET: dict[str, tuple[str, ...]] = {SLO_SERVICE: (), "probe": ("health", "ready", "tcp", "tls")}
_NO_TLS = "only what speaks TLS has a certificate"

blackbox = Dependency(
    name="blackbox",
    title="Probes",
    metrics_port=10041,
    probes=True,
    owner="platform",
    tier=2,
    metrics=(
        Gauge(name="probe_success", help="Whether the target answered as it should.", labels=_TARGET),
        Gauge(name="probe_duration_seconds", help="How long the probe took.", labels=_TARGET),
        Gauge(
            name="probe_ssl_earliest_cert_expiry",
            help="When the first certificate of the target's chain expires, in seconds since the epoch.",
            labels=_TARGET,
            quiet=_NO_TLS,
        ),
        Gauge(
            name="probe_http_status_code",
            help="The status of the answer; 0 where there was none.",
            labels=_TARGET,
            quiet="only HTTP has one",
        ),
    ),
)
