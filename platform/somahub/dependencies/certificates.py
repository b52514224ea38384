"""Certificates, in files and as endpoints show them; what can't be read is a metric of its own."""

from slo import Counter, Dependency, Gauge

_OF_ONE: dict[str, tuple[str, ...]] = {"source": (), "name": ()}

certificates = Dependency(
    name="certificates",
    title="Certificates",
    port=10042,
    tls=True,
    metrics_port=10029,
    metrics_path="/metrics/certificates",
    owner="platform",
    tier=2,
    metrics=(
        Gauge(
            name="certificate_expiry_timestamp_seconds",
            help="When a certificate expires; source is its file or its endpoint, name the subject's.",
            labels=_OF_ONE,
        ),
        Gauge(
            name="certificate_not_before_timestamp_seconds",
            help="When it became valid, so that one of a short life is judged by the part that is left.",
            labels=_OF_ONE,
        ),
        Gauge(
            name="certificate_read_success",
            help="Whether the last reading of a source found certificates.",
            labels={"source": ()},
        ),
        Counter(
            name="certificate_read_errors_total",
            help="Readings that found none, or could not be made.",
            labels={"source": ()},
        ),
        Gauge(
            name="certificate_last_read_timestamp_seconds",
            help="When all sources were last read.",
        ),
    ),
)
