"""What error budgets did over any period, summed exactly from slots: objectives in force, exclusions, composites."""

from slo.accounts.account import Account, Period, Promise, account, burn_down
from slo.accounts.composite import composed
from slo.accounts.exclusion import kept
from slo.accounts.forecast import Forecast, forecast

__all__ = [
    "Account",
    "Forecast",
    "Period",
    "Promise",
    "account",
    "burn_down",
    "composed",
    "forecast",
    "kept",
]
