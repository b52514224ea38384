"""Qdrant 1.x with its own metrics, which the embedded one, a library in its client's process, does not have.

Its uptime is therefore what its client sees.
"""

from decimal import Decimal

from slo import SLO, Counter, Dependency, Gauge, Histogram, Uptime

_EMBEDDED = "Qdrant is a library in the memory gateway's process here"

qdrant = Dependency(
    name="qdrant",
    title="Qdrant",
    port=10005,
    metrics_port=10005,
    owner="platform",
    tier=1,
    slos=(
        SLO(
            name="uptime",
            objective=Decimal("99.99"),
            sli=Uptime(probe='dependency_up{job="memory-gateway",dependency="qdrant"}'),
        ),
    ),
    metrics=(
        Gauge(name="collections_total", help="Collections.", unproven=_EMBEDDED),
        Gauge(name="collections_vector_total", help="Vectors.", unproven=_EMBEDDED),
        Counter(
            name="rest_responses_total",
            help="Answers.",
            labels={"method": (), "endpoint": (), "status": ()},
            unproven=_EMBEDDED,
        ),
        Histogram(
            name="rest_responses_duration_seconds",
            help="Duration of requests.",
            labels={"method": (), "endpoint": (), "status": ()},
            buckets=(0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 10, 50),
            unproven=_EMBEDDED,
        ),
    ),
)
