"""What the memory gateway promises. The manual names no availability for it: 99.9 % is ours.

The manual's "error rate < 1 %" is weaker than that: it is no SLO of its own. Recalling is what agents wait for, so
the latency targets of APIs hold for all its routes.
"""

from datetime import timedelta
from decimal import Decimal

from slo import SLO, Counter, Event, Gauge, Histogram, HttpAvailability, HttpLatency, Service, Span, Uptime

_OURS = {"target": "ours"}

memory_gateway = Service(
    name="memory-gateway",
    title="Memory Gateway",
    port=10021,
    owner="platform",
    tier=2,
    needs=("qdrant", "redis"),
    slos=(
        SLO(name="uptime", objective=Decimal("99.9"), sli=Uptime(), labels=_OURS),
        SLO(name="availability", objective=Decimal("99.9"), sli=HttpAvailability(), labels=_OURS),
        SLO(name="latency-p95", objective=Decimal(95), sli=HttpLatency(below=timedelta(milliseconds=200))),
        SLO(name="latency-p99", objective=Decimal(99), sli=HttpLatency(below=timedelta(milliseconds=500))),
    ),
    metrics=(
        Counter(
            name="memory_operations_total",
            help="Operations on memories by how they ended.",
            labels={
                "operation": ("remember", "read", "recall", "context", "forget", "erase"),
                "outcome": ("success", "missing", "unavailable"),
            },
        ),
        Histogram(
            name="memory_recall_results",
            help="Memories found for one query.",
            buckets=(0, 1, 2, 5, 10, 20, 50, 100),
        ),
        Counter(
            name="memory_cache_requests_total",
            help="Queries whose vector was looked for in Redis; unavailable: Redis did not answer.",
            labels={"outcome": ("hit", "miss", "unavailable")},
        ),
        Gauge(name="memory_points", help="Memories of all tenants, as last counted."),
    ),
    events=(
        Event(name="memory.remembered", fields=("tenant", "memory_id")),
        Event(name="memory.forgotten", fields=("tenant", "memory_id")),
        Event(name="memory.erased", fields=("tenant", "erased", "cache_cleared"), level="warning"),
    ),
    spans=(
        Span(name="memory.embed", attributes=("characters",)),
        Span(name="memory.store", attributes=("tenant",)),
        Span(name="memory.search", attributes=("tenant", "limit")),
    ),
)
