"""The rules of alerts that stand for themselves, in one group of their service."""

from datetime import timedelta

from alerts.labels import links, own_labels
from slo.alert import Alert
from slo.model import Platform, Service
from slo.rules import Group, Rule
from slo.units import duration

_PREFIX = "alerts:"  # a colon is in no name of a service, and groups of SLOs begin otherwise


def is_own(group: Group) -> bool:
    """Whether a group is one of such alerts."""
    return group.name.startswith(_PREFIX)


def own_group(platform: Platform, service: Service) -> Group:
    """The group of a service's own alerts; without any, one without rules."""
    rules = tuple(_rule(platform, service, alert) for alert in service.alerts)
    return Group(f"{_PREFIX}{service.name}", duration(platform.evaluation_interval), rules)


def _rule(platform: Platform, service: Service, alert: Alert) -> Rule:
    return Rule(
        alert=alert.name,
        expr=alert.expr,
        hold=_text(alert.hold),
        keep=_text(alert.keep),
        labels=own_labels(service, alert),
        annotations={
            "summary": alert.summary,
            "description": alert.description,
            **links(platform, service, alert.name),
        },
    )


def _text(length: timedelta | None) -> str:
    return duration(length) if length else ""
