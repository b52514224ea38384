"""What the policy engine promises.

The manual gives it latency targets and no availability of its own: 99.9 % is ours. An error rate of 1 % is the
manual's for all services, and weaker. A decision that failed closed is a denial to whoever asked, with status 200:
``decisions`` is the objective that sees it.
"""

from datetime import timedelta
from decimal import Decimal

from slo import SLO, Counter, Event, Gauge, HttpAvailability, HttpLatency, Ratio, Service, Span, Uptime

LOADS = ("loaded", "missing", "unsigned", "tampered", "stale", "invalid")
_OURS = {"target": "ours"}

policy_engine = Service(
    name="policy-engine",
    title="Policy Engine",
    port=10020,
    owner="platform",
    tier=1,
    needs=("redis",),
    slos=(
        SLO(name="uptime", objective=Decimal("99.9"), sli=Uptime(), labels=_OURS),
        SLO(name="availability", objective=Decimal("99.9"), sli=HttpAvailability(), labels=_OURS),
        SLO(name="latency-p95", objective=Decimal(95), sli=HttpLatency(below=timedelta(milliseconds=200))),
        SLO(name="latency-p99", objective=Decimal(99), sli=HttpLatency(below=timedelta(milliseconds=500))),
        SLO(
            name="decisions",
            description="Decisions made by the policies, and not because these failed.",
            objective=Decimal("99.9"),
            sli=Ratio(
                total='policy_decisions_total{job="policy-engine"}',
                bad='policy_decisions_total{job="policy-engine",decision="failed"}',
            ),
            labels=_OURS,
        ),
    ),
    metrics=(
        Counter(
            name="policy_decisions_total",
            help="Decisions; failed is a denial because the policies failed, bypass an answer without the cache.",
            labels={"decision": ("allow", "deny", "failed"), "cached": ("hit", "miss", "bypass")},
        ),
        Counter(
            name="policy_bundle_loads_total",
            help="Constitution bundles that were found, by what became of them.",
            labels={"outcome": LOADS},
        ),
        Gauge(
            name="policy_bundle_age_seconds",
            help="Time since the constitution in force was last seen where it comes from.",
        ),
        Gauge(name="policy_constitution_version", help="Version of the constitution in force; 0: none."),
    ),
    events=(
        Event(
            name="policy.decided",
            fields=("decision_id", "tenant", "subject", "action", "resource", "decision", "constitution"),
        ),
        Event(name="policy.failed", fields=("decision_id", "reason"), level="error"),
        Event(name="policy.bundle.loaded", fields=("constitution", "digest")),
        Event(name="policy.bundle.refused", fields=("outcome", "reason"), level="error"),
        Event(name="policy.development_key", fields=("file",), level="warning"),
    ),
    spans=(Span(name="policy.evaluate", attributes=("constitution",)),),
)
