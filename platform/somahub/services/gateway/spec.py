"""What the gateway promises, with the manual's targets.

The manual promises uptime; the share of requests answered is a second, stricter view of the same 99.9 %. Submitting
and reading workflows waits for the orchestrator, which has the same latency targets; a stream counts until it begins.
"""

from datetime import timedelta
from decimal import Decimal

from slo import SLO, Counter, Event, Gauge, HttpAvailability, HttpLatency, Service, Span, Uptime

gateway = Service(
    name="gateway",
    title="Gateway API",
    port=10000,
    owner="platform",
    tier=1,
    needs=("redis", "identity", "orchestrator"),
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
        Counter(
            name="gateway_wizards_total",
            help="Wizards by what happened to them; failed: the orchestrator did not start the workflow.",
            labels={"outcome": ("started", "submitted", "refused", "failed")},
        ),
        Counter(
            name="gateway_wizard_steps_total",
            help="Answers to a step by whether they were kept.",
            labels={"outcome": ("accepted", "rejected")},
        ),
        Counter(
            name="gateway_rate_limit_decisions_total",
            help="Requests by the limit that refused them; source local: Redis did not answer.",
            labels={"source": ("redis", "local"), "outcome": ("allowed", "subject", "tenant")},
        ),
        Counter(
            name="gateway_stream_events_total",
            help="Server-sent events.",
            labels={"event": ("step", "status", "error")},
        ),
        Gauge(name="gateway_event_streams", help="Streams of events that are open."),
    ),
    events=(
        Event(name="session.created", fields=("session_id", "tenant")),
        Event(name="session.deleted", fields=("session_id", "tenant")),
        Event(name="wizard.started", fields=("session_id", "wizard")),
        Event(name="wizard.submitted", fields=("session_id", "workflow_id")),
        Event(name="request.limited", fields=("limit", "subject", "tenant"), level="warning"),
    ),
    spans=(
        Span(name="session.store"),
        Span(name="wizard.step", attributes=("session_id",)),
        Span(name="wizard.submit", attributes=("session_id",)),
    ),
)
