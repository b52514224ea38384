"""All rules of an SLO: its records, and the alerts that read them."""

from alerts.broken import broken_rules
from alerts.budget import budget_rules
from alerts.burn import burn_rules
from alerts.missing import missing_rules
from alerts.over import over_rules
from slo.model import SLO, Platform, Service
from slo.rules import Group, records


def rule_groups(platform: Platform, service: Service, slo: SLO) -> list[Group]:
    """The groups of one SLO, each alert in the group of what it reads.

    Prometheus spreads groups over their interval: in a group of its own, an alert would see records that are up to one
    evaluation old, and page that much later.
    """
    found = records(platform, service, slo)
    prompt = (
        *burn_rules(platform, service, slo).values(),
        *missing_rules(platform, service, slo),
        *broken_rules(platform, service, slo),
        *over_rules(platform, service, slo),
    )
    budget = tuple(budget_rules(platform, service, slo))
    if not found.period.rules:
        # The history tells the figures of this period, at whatever step.
        return found._replace(windows=found.windows.of(*prompt, *budget)).groups
    return found._replace(windows=found.windows.of(*prompt), period=found.period.of(*budget)).groups
