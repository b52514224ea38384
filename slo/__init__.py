"""SLOs as values, and the Prometheus rules that follow from them."""

from slo.alert import Alert, Proof, Runbook
from slo.alerting import Alerting
from slo.budgetpolicy import BudgetPolicy, BudgetRule
from slo.burnrate import BurnRate
from slo.errors import InvalidPromQLError, InvalidSpecError, SLOError, SpecNotFoundError
from slo.loader import load
from slo.maintenance import Maintenance
from slo.model import SLO, Dependency, Platform, Service, slo_id
from slo.oncall import Escalation, Hours, OnCall, Person, Rotation, Step, Team
from slo.receivers import Email, GoAlert, Jira, Opsgenie, PagerDuty, Slack, Webhook
from slo.signals import Counter, DesignTarget, Event, Gauge, Histogram, Span
from slo.sli import (
    Composite,
    ErrorRatio,
    Freshness,
    HttpAvailability,
    HttpLatency,
    Latency,
    NativeLatency,
    Ratio,
    TimeSlices,
    Uptime,
)
from slo.window import Calendar

__all__ = [
    "SLO",
    "Alert",
    "Alerting",
    "BudgetPolicy",
    "BudgetRule",
    "BurnRate",
    "Calendar",
    "Composite",
    "Counter",
    "Dependency",
    "DesignTarget",
    "Email",
    "ErrorRatio",
    "Escalation",
    "Event",
    "Freshness",
    "Gauge",
    "GoAlert",
    "Histogram",
    "Hours",
    "HttpAvailability",
    "HttpLatency",
    "InvalidPromQLError",
    "InvalidSpecError",
    "Jira",
    "Latency",
    "Maintenance",
    "NativeLatency",
    "OnCall",
    "Opsgenie",
    "PagerDuty",
    "Person",
    "Platform",
    "Proof",
    "Ratio",
    "Rotation",
    "Runbook",
    "SLOError",
    "Service",
    "Slack",
    "Span",
    "SpecNotFoundError",
    "Step",
    "Team",
    "TimeSlices",
    "Uptime",
    "Webhook",
    "load",
    "slo_id",
]
