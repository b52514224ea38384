"""Everything that follows from a spec, as a mapping of paths to texts; writing it is the last step."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from alerts import (
    alertmanager_config,
    native_rule_tests,
    own_group,
    rule_groups,
    rule_tests,
    runbook,
    runbook_names,
)
from collectors import prometheus_config
from dashboards import Where, dashboard_files, pipeline_files, provisioning_files
from slo.model import Platform, Service
from slo.rulefile import render
from slo.rules import Group
from somahub.targets.configmaps import config_maps
from somahub.targets.mimir import ruler_files
from somahub.targets.operator import prometheus_rules
from somahub.targets.wanted import EVERYTHING, Target, Wanted


class Endpoints(NamedTuple):
    """Addresses of the stack's own parts; the defaults are the platform's."""

    prometheus: str = "127.0.0.1:10010"
    alertmanager: str = "127.0.0.1:10019"
    pager: str = "127.0.0.1:10015"


MANUAL = Endpoints()


def files(platform: Platform, where: Endpoints = MANUAL, wanted: Wanted = EVERYTHING) -> dict[str, str]:
    """Relative path to content, in a stable order."""
    promising = [s for s in platform.services if s.slos]
    parts: dict[str, Callable[[], dict[str, str]]] = {
        "scrape": lambda: {
            "prometheus/prometheus.yml": prometheus_config(platform, alertmanager=where.alertmanager)
        },
        "rules": lambda: rule_files(platform, wanted),
        "tests": lambda: {
            **{f"prometheus/tests/{s.name}.yaml": rule_tests(platform, s) for s in promising},
            **{
                f"prometheus/tests/native/{s.name}.yaml": text
                for s in promising
                if (text := native_rule_tests(platform, s))
            },
        },
        "routing": lambda: {
            "alertmanager/alertmanager.yml": alertmanager_config(f"http://{where.pager}/alertmanager")
        },
        "dashboards": lambda: _DASHBOARDS[wanted.target](platform, wanted),
        "provisioning": lambda: provisioning_files(platform, Where(prometheus=where.prometheus)),
        "pipeline": lambda: pipeline_files(platform, Where(prometheus=where.prometheus)),
        "runbooks": lambda: {f"runbooks/{n}.md": runbook(platform, n) for n in runbook_names()},
    }
    # Alerts are in the files of the rules.
    some = {"rules" if part == "alerts" else part for part in wanted.parts}
    return {path: text for part, make in parts.items() if part in some for path, text in make().items()}


def rule_files(platform: Platform, wanted: Wanted = EVERYTHING) -> dict[str, str]:
    """The rules of each service in the form of a target."""
    return _RULES[wanted.target](platform, groups(platform, wanted.parts), wanted)


def groups(platform: Platform, parts: frozenset[str] = EVERYTHING.parts) -> dict[str, list[Group]]:
    """All groups of rules by the service whose they are."""
    return {
        s.name: found for s in platform.services if (found := service_groups(platform, s, parts)) or s.slos
    }


def service_groups(
    platform: Platform, service: Service, parts: frozenset[str] = EVERYTHING.parts
) -> list[Group]:
    """The groups of a service, SLO by SLO, then its own alerts: the rules that record, those that alert, or both."""
    of_slos = [group for slo in service.slos for group in rule_groups(platform, service, slo)]
    found = []
    for group in (*of_slos, own_group(platform, service)):
        rules = tuple(rule for rule in group.rules if ("alerts" if rule.alert else "rules") in parts)
        if rules:
            found.append(group._replace(rules=rules))
    return found


def _plain(_: Platform, of: Mapping[str, list[Group]], __: Wanted) -> dict[str, str]:
    return {f"prometheus/rules/{service}.yaml": render(own) for service, own in of.items()}


def _boards(platform: Platform, _: Wanted) -> dict[str, str]:
    return dashboard_files(platform)


_DASHBOARDS: dict[Target, Callable[[Platform, Wanted], dict[str, str]]] = {
    "files": _boards,
    "operator": config_maps,
    "mimir": _boards,
}
_RULES: dict[Target, Callable[[Platform, Mapping[str, list[Group]], Wanted], dict[str, str]]] = {
    "files": _plain,
    "operator": prometheus_rules,
    "mimir": ruler_files,
}
