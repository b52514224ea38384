"""All alerts of an SLO."""

from alerts.broken import broken_rules
from alerts.budget import budget_rules
from alerts.burn import burn_rules
from alerts.missing import missing_rules
from slo.model import SLO, Platform, Service, slo_id
from slo.rules import Group
from slo.units import duration


def alert_group(platform: Platform, service: Service, slo: SLO) -> Group:
    """The alerts of one SLO."""
    rules = (
        *burn_rules(platform, service, slo).values(),
        *budget_rules(platform, service, slo),
        *missing_rules(platform, service, slo),
        *broken_rules(platform, service, slo),
    )
    return Group(f"slo-{slo_id(service, slo)}-alerts", duration(platform.evaluation_interval), rules)
