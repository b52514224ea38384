"""Every metric, label and alert name that is generated, made in one place.

Record names follow Sloth's, so that existing dashboards and habits carry over.
"""

import re
from datetime import timedelta
from hashlib import sha256

from slo.units import duration

OBJECTIVE = "slo:objective:ratio"
ERROR_BUDGET = "slo:error_budget:ratio"
EVENTS_TOTAL = "slo:events_total:rate5m"
EVENTS_GOOD = "slo:events_good:rate5m"
EVENTS_BAD = "slo:events_bad:rate5m"
EVENTS_BAD_HALF_HOUR = "slo:events_bad:rate30m"
EVENTS_TOTAL_HALF_HOUR = "slo:events_total:rate30m"
EVENTS_BAD_PERIOD = "slo:events_bad_period:rate5m"
EVENTS_TOTAL_PERIOD = "slo:events_total_period:rate5m"
EVENTS_ANCHOR = "slo:events_anchor:rate5m"
EVENTS_ANCHOR_DAYS = "slo:events_anchor_days:rate5m"
PERIOD_DAYS = "slo:time_period:days"
CURRENT_BURN_RATE = "slo:current_burn_rate:ratio"
PERIOD_PREFIX = "slo:period_"
PERIOD_COVERAGE = "slo:period_coverage:ratio"
PERIOD_SPENT = "slo:period_error_budget_spent:ratio"
PERIOD_REMAINING = "slo:period_error_budget_remaining:ratio"
PERIOD_BAD = "slo:period_events_bad:sum"
PERIOD_TOTAL = "slo:period_events_total:sum"
INFO = "slo_info"

_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")

SLO_ID = "slo_id"
SLO_SERVICE = "slo_service"
SLO_NAME = "slo_name"
SEVERITY = "severity"
PRIORITY = "priority"
SIGNAL = "signal"
TEAM = "team"

# Annotations of burn alerts: figures for whoever writes the message.
OBJECTIVE_PERCENT = "objective"
WINDOW = "window"
UNIT = "unit"
ERROR_RATIO = "error_ratio"
BUDGET_LEFT = "budget_left"
BUDGET_EMPTY_IN = "budget_empty_in"

# An alert that is none: it shows that a page arrives.
TEST = "test"

SERVICE_DOWN = "ServiceDown"
DEPENDENCY_DOWN = "DependencyDown"
WATCHDOG = "Watchdog"
OUTAGE_OVER = "OutageOver"
BURN_FAST = "ErrorBudgetBurnFast"
BURN_SLOW = "ErrorBudgetBurnSlow"
BUDGET_SPENT = "ErrorBudgetSpent"
BUDGET_EMPTY_SOON = "ErrorBudgetEmptySoon"
TARGET_MISSING = "SLOTargetMissing"
DATA_MISSING = "SLODataMissing"
INDICATOR_BROKEN = "SLOIndicatorBroken"


def ratio_rate(window: timedelta) -> str:
    """The record of the error ratio over a window."""
    return f"slo:sli_error:ratio_rate{duration(window)}"


def dashboard_uid(service: str) -> str:
    """The uid of a service's dashboard: ``service-gateway``.

    Grafana takes 40 letters, digits, dashes and underscores; of a name with more or others, a digest keeps it unique.
    """
    uid = f"service-{service}"
    if _UID.fullmatch(uid):
        return uid
    return f"{re.sub(r'[^A-Za-z0-9_-]', '-', uid)[:31]}-{sha256(service.encode()).hexdigest()[:8]}"


SHORTEST_RATIO = ratio_rate(timedelta(minutes=5))
