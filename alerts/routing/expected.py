"""Which receivers must hear of each alert of a spec, worked out from the spec alone: what the routes are held against."""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import TypeAdapter

from alerts.group import rule_groups
from alerts.own import own_group
from alerts.routing.tree import BEAT, NOBODY, PAGER
from slo import names
from slo.alert import Priority
from slo.model import Platform
from slo.oncall import Team


class Expectation(NamedTuple):
    """Labels that routes look at, the alerts that have them, and the receivers in any order."""

    labels: tuple[tuple[str, str], ...]
    alerts: tuple[str, ...]
    receivers: tuple[str, ...]


_PRIORITY: TypeAdapter[Priority] = TypeAdapter(Priority)
# What the tree matches on; two alerts that agree in these go the same way.
_LOOKED_AT = ("alertname", names.TEAM, names.SLO_SERVICE, names.SEVERITY, names.PRIORITY, names.SIGNAL)


def expectations(platform: Platform) -> list[Expectation]:
    """One for each set of labels that an alert of the platform has; none where nobody is on call."""
    if platform.oncall is None:
        return []
    found: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for labels in _alerts(platform):
        key = tuple((name, labels[name]) for name in _LOOKED_AT if name in labels)
        found.setdefault(key, []).append(f"{labels['alertname']} of {labels[names.SLO_SERVICE]}")
    teams = {team.name: team for team in platform.oncall.teams}
    return [
        Expectation(labels, tuple(dict.fromkeys(alerts)), _receivers(dict(labels), teams))
        for labels, alerts in found.items()
    ]


def _alerts(platform: Platform) -> Iterator[dict[str, str]]:
    for service in platform.services:
        groups = [group for slo in service.slos for group in rule_groups(platform, service, slo)]
        for group in (*groups, own_group(platform, service)):
            for rule in group.rules:
                if rule.alert:
                    yield {"alertname": rule.alert} | rule.labels


def _receivers(labels: dict[str, str], teams: dict[str, Team]) -> tuple[str, ...]:
    if labels["alertname"] == names.WATCHDOG:
        return (BEAT,)
    if labels["alertname"] == names.OUTAGE_OVER:
        return (NOBODY,)
    team = teams[labels[names.TEAM]]
    also = team.priorities.get(_PRIORITY.validate_python(labels[names.PRIORITY]), ())
    paged = labels[names.SEVERITY] == "page"
    return (*also, *((PAGER, *team.direct) if paged else dict.fromkeys(team.tickets)))
