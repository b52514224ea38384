"""The pager by its own metrics: whom it called, how soon somebody came, and what it could not deliver."""

from alerts.paging.measures import BUCKETS, OUTCOMES
from slo import Counter, Dependency, Gauge, Histogram

pager = Dependency(
    name="pager",
    title="Pager",
    metrics_port=10015,
    owner="platform",
    tier=1,
    metrics=(
        Counter(
            name="pager_notifications_total",
            help="Attempts to notify, by kind of receiver and outcome.",
            labels={"kind": (), "outcome": OUTCOMES},
        ),
        Counter(
            name="pager_incidents_opened_total",
            help="Incidents opened.",
            labels={"severity": ("page", "ticket")},
        ),
        Counter(
            name="pager_incidents_reopened_total", help="Incidents that began again soon after their end."
        ),
        Counter(
            name="pager_pages_total",
            help="Times that a person was called, in or out of their team's business hours.",
            labels={"person": (), "hours": ("in", "out")},
        ),
        Counter(name="pager_escalations_exhausted_total", help="Escalations that called their last step."),
        Histogram(
            name="pager_acknowledge_duration_seconds",
            help="Time from the start of an incident to its acknowledgement.",
            buckets=tuple(map(float, BUCKETS)),
        ),
        Histogram(
            name="pager_resolve_duration_seconds",
            help="Time from the start of an incident to its end.",
            buckets=tuple(map(float, BUCKETS)),
        ),
        Gauge(
            name="pager_incidents",
            help="Incidents by status.",
            labels={"status": ("triggered", "acknowledged", "snoozed", "resolved")},
        ),
        Gauge(name="pager_outbox_waiting", help="Notifications that are due and not sent."),
        Gauge(name="pager_outbox_oldest_seconds", help="How long the oldest of them has been due."),
        Gauge(name="pager_heartbeat_age_seconds", help="Time since the watchdog was heard."),
    ),
)
