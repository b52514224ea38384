"""What the gateway promises, with the manual's targets.

The manual promises uptime; the share of requests answered is a second, stricter view of the same 99.9 %.
"""

from datetime import timedelta
from decimal import Decimal

from slo import SLO, Counter, Event, HttpAvailability, HttpLatency, Service, Span, Uptime

gateway = Service(
    name="gateway",
    title="Gateway API",
    port=10000,
    owner="platform",
    tier=1,
    slos=(
        SLO(name="uptime", objective=Decimal("99.9"), sli=Uptime()),
        SLO(name="availability", objective=Decimal("99.9"), sli=HttpAvailability()),
        SLO(name="latency-p95", objective=Decimal(95), sli=HttpLatency(below=timedelta(milliseconds=200))),
        SLO(name="latency-p99", objective=Decimal(99), sli=HttpLatency(below=timedelta(milliseconds=500))),
    ),
    metrics=(
        Counter(
            name="gateway_sessions_total",
            help="Sessions by what happened to them.",
            labels={"outcome": ("created", "deleted")},
        ),
    ),
    events=(
        Event(name="session.created", fields=("session_id",)),
        Event(name="session.deleted", fields=("session_id",)),
    ),
    spans=(Span(name="session.store"),),
)
