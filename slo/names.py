"""Every metric, label and alert name that is generated, made in one place.

Record names follow Sloth's, so that existing dashboards and habits carry over.
"""

from datetime import timedelta

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
PERIOD_COVERAGE = "slo:period_coverage:ratio"
PERIOD_SPENT = "slo:period_error_budget_spent:ratio"
PERIOD_REMAINING = "slo:period_error_budget_remaining:ratio"
PERIOD_BAD = "slo:period_events_bad:sum"
PERIOD_TOTAL = "slo:period_events_total:sum"
INFO = "slo_info"

SLO_ID = "slo_id"
SLO_SERVICE = "slo_service"
SLO_NAME = "slo_name"
SEVERITY = "severity"
PRIORITY = "priority"
SIGNAL = "signal"

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


SHORTEST_RATIO = ratio_rate(timedelta(minutes=5))
