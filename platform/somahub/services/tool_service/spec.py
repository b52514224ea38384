"""What the tool service promises.

The manual gives it latency targets and no availability of its own: 99.9 % is ours, and so is the share of invocations
that succeed. An error rate of 1 % is the manual's for all services, and weaker. An invocation lasts as long as the
other side takes, so the latency targets are for what the service adds to it.
"""

from datetime import timedelta
from decimal import Decimal

from slo import SLO, Counter, Event, Gauge, Histogram, HttpAvailability, Latency, Ratio, Service, Span, Uptime
from somahub.services.tool_service.models import OUTCOMES, STATES

TOOLS = (
    "http.fetch",
    "http.post",
    "github.issue.create",
    "github.issues.list",
    "slack.message",
    "object.put",
    "object.get",
    "object.delete",
)
_OURS = {"target": "ours"}
_ADDED = 'tool_invocation_overhead_seconds{job="tool-service"}'

tool_service = Service(
    name="tool-service",
    title="Tool Service",
    port=10022,
    owner="platform",
    tier=2,
    needs=("minio",),
    slos=(
        SLO(name="uptime", objective=Decimal("99.9"), sli=Uptime(), labels=_OURS),
        SLO(name="availability", objective=Decimal("99.9"), sli=HttpAvailability(), labels=_OURS),
        SLO(
            name="latency-p95",
            objective=Decimal(95),
            sli=Latency(histogram=_ADDED, below=timedelta(milliseconds=200)),
        ),
        SLO(
            name="latency-p99",
            objective=Decimal(99),
            sli=Latency(histogram=_ADDED, below=timedelta(milliseconds=500)),
        ),
        SLO(
            name="invocations",
            description="Uses of tools that the other side answered; what it refused is an answer.",
            objective=Decimal(99),
            sli=Ratio(
                total='tool_invocations_total{job="tool-service"}',
                bad='tool_invocations_total{job="tool-service",outcome=~"failure|timeout|open|unknown"}',
            ),
            labels=_OURS,
        ),
    ),
    metrics=(
        Counter(
            name="tool_invocations_total",
            help="Uses of tools by how they ended.",
            labels={"tool": TOOLS, "outcome": OUTCOMES},
        ),
        Counter(
            name="tool_replays_total",
            help="Answers with the result of an earlier use of the key.",
            labels={"tool": TOOLS},
        ),
        Counter(name="tool_retries_total", help="Attempts after the first.", labels={"tool": TOOLS}),
        Histogram(
            name="tool_invocation_duration_seconds",
            help="Duration of a use, attempts and waits included.",
            labels={"tool": TOOLS},
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120),
        ),
        Histogram(
            name="tool_invocation_overhead_seconds",
            help="What the service adds to the attempts: keys, results.",
            labels={"tool": TOOLS},
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 5),
        ),
        Gauge(
            name="tool_circuit_state",
            help="Hosts whose circuit is not closed.",
            labels={"tool": TOOLS, "state": STATES},
        ),
    ),
    events=(
        Event(
            name="tool.invoked",
            fields=(
                "tool",
                "tenant",
                "idempotency_key",
                "outcome",
                "attempts",
                "duration_ms",
                "error",
            ),
        ),
        Event(name="tool.circuit", fields=("tool", "host", "state"), level="warning"),
        Event(name="tool.abandoned", fields=("uses",), level="warning"),
    ),
    spans=(Span(name="tool.attempt", attributes=("tool", "host", "attempt")),),
)
