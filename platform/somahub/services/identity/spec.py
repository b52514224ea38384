"""What Identity promises. The manual has latencies and an error rate for it, and no availability: that is ours.

The manual's error rate below 1 % is weaker than the 99.9 % here, and is no objective of its own.
"""

from datetime import timedelta
from decimal import Decimal

from slo import SLO, Counter, Event, Gauge, Histogram, HttpAvailability, HttpLatency, Service, Span, Uptime

_OURS = {"target": "ours"}
GRANTS = ("password", "client_credentials", "refresh_token")
ACTIONS = (
    "account.create",
    "account.disable",
    "account.lock",
    "account.rehash",
    "account.roles",
    "account.secret",
    "key.create",
    "key.withdraw",
    "signin",
    "token.issue",
    "token.reuse",
    "token.revoke",
)

identity = Service(
    name="identity",
    title="Identity",
    port=10002,
    owner="platform",
    tier=1,
    needs=("redis", "postgresql"),
    slos=(
        SLO(name="uptime", objective=Decimal("99.9"), sli=Uptime(), labels=_OURS),
        SLO(name="availability", objective=Decimal("99.9"), sli=HttpAvailability(), labels=_OURS),
        SLO(name="latency-p95", objective=Decimal(95), sli=HttpLatency(below=timedelta(milliseconds=200))),
        SLO(name="latency-p99", objective=Decimal(99), sli=HttpLatency(below=timedelta(milliseconds=500))),
    ),
    metrics=(
        Counter(
            name="identity_tokens_issued_total",
            help="Requests for a token: issued, issued without a refresh token, refused, or told to wait.",
            labels={"grant": GRANTS, "outcome": ("issued", "degraded", "refused", "locked")},
        ),
        Counter(
            name="identity_tokens_revoked_total",
            help="Tokens taken back before their time.",
            labels={"reason": ("asked", "account", "key")},
        ),
        Gauge(name="identity_revoked_tokens", help="Tokens taken back that have not yet expired."),
        Gauge(name="identity_signing_key_age_seconds", help="Since the newest key began to sign."),
        Histogram(
            name="identity_password_hash_duration_seconds",
            help="Duration of comparing a secret with its hash.",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0),
        ),
        Counter(
            name="identity_audit_entries_total",
            help="Entries written to the audit log.",
            labels={"action": ACTIONS, "outcome": ("success", "failure")},
        ),
        Counter(name="identity_audit_missed_total", help="Entries that could not be written to it."),
        Counter(
            name="identity_audit_verifications_total",
            help="Verifications of the audit log.",
            labels={"outcome": ("intact", "broken")},
        ),
    ),
    events=(
        # A copy outside the database of what the audit log says: missing last entries show by it.
        Event(
            name="audit.written",
            fields=("sequence", "actor", "action", "target", "outcome", "hash"),
        ),
        Event(name="audit.missed", fields=("actor", "action", "target"), level="error"),
        Event(name="audit.broken", fields=("sequence",), level="error"),
        Event(name="signin.locked", fields=("wait_seconds",), level="warning"),
        Event(name="refresh.unavailable", level="warning"),
        Event(name="revocation.pending", fields=("token_id",), level="warning"),
    ),
    spans=(Span(name="password.verify"),),
)
