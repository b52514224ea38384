"""Everything that follows from a spec, as a mapping of paths to texts; writing it is the last step."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from alerts import (
    alertmanager_config,
    is_own,
    native_rule_tests,
    own_group,
    own_tests,
    rule_groups,
    rule_tests,
    runbook,
    runbook_names,
    slow_own_tests,
    templates,
)
from alerts.paging.spec import oncall_json
from collectors import blackbox_config, prometheus_config
from dashboards import Where, dashboard_files, pipeline_files, provisioning_files
from slo.model import Dependency, Platform, Service
from slo.rulefile import render
from slo.rules import Group
from somahub.targets.alertmanager import alertmanager_configs
from somahub.targets.configmaps import config_maps
from somahub.targets.mimir import ruler_files
from somahub.targets.operator import prometheus_rules
from somahub.targets.wanted import EVERYTHING, Target, Wanted


class Endpoints(NamedTuple):
    """Addresses of the stack's own parts; the defaults are the platform's."""

    prometheus: str = "127.0.0.1:10010"
    alertmanager: str = "127.0.0.1:10019"
    pager: str = "127.0.0.1:10015"
    # The folder of secrets where Alertmanager runs.
    secrets: str = "/etc/alertmanager/secrets"


MANUAL = Endpoints()


def files(platform: Platform, where: Endpoints = MANUAL, wanted: Wanted = EVERYTHING) -> dict[str, str]:
    """Relative path to content, in a stable order."""
    parts: dict[str, Callable[[], dict[str, str]]] = {
        "scrape": lambda: {
            "prometheus/prometheus.yml": prometheus_config(platform, alertmanager=where.alertmanager),
            **({"prometheus/blackbox.yml": blackbox_config()} if _probes(platform) else {}),
        },
        "rules": lambda: rule_files(platform, wanted),
        "tests": lambda: proof_files(platform),
        "routing": lambda: routing(platform, where, wanted),
        "dashboards": lambda: _DASHBOARDS[wanted.target](platform, wanted),
        "provisioning": lambda: provisioning_files(platform, Where(prometheus=where.prometheus)),
        "pipeline": lambda: pipeline_files(platform, Where(prometheus=where.prometheus)),
        "runbooks": lambda: {f"runbooks/{n}.md": runbook(platform, n) for n in runbook_names(platform)},
    }
    # Alerts are in the files of the rules.
    some = {"rules" if part == "alerts" else part for part in wanted.parts}
    return {path: text for part, make in parts.items() if part in some for path, text in make().items()}


def routing(platform: Platform, where: Endpoints = MANUAL, wanted: Wanted = EVERYTHING) -> dict[str, str]:
    """Alertmanager's configuration in the form of a target, and whom the pager calls.

    Maintenance is written out for this year and the next.
    """
    year = datetime.now(UTC).year
    if wanted.target == "operator":
        return alertmanager_configs(platform, wanted, year)
    config = alertmanager_config(platform, f"http://{where.pager}", where.secrets, year)
    if platform.oncall is None:
        return {"alertmanager/alertmanager.yml": config}
    return {
        "alertmanager/alertmanager.yml": config,
        **templates(),
        "pager/oncall.json": oncall_json(platform.oncall),
    }


def rule_files(platform: Platform, wanted: Wanted = EVERYTHING) -> dict[str, str]:
    """The rules of each service in the form of a target."""
    return _RULES[wanted.target](platform, groups(platform, wanted.parts), wanted)


def proof_files(platform: Platform) -> dict[str, str]:
    """Tests of the rules: of SLOs, of those on native histograms, of own alerts, and of those that last days."""
    folders: dict[str, Callable[[Platform, Service], str]] = {
        "": rule_tests,
        "native/": native_rule_tests,
        "alerts/": own_tests,
        "alerts/days/": slow_own_tests,
    }
    return {
        f"prometheus/tests/{folder}{service.name}.yaml": text
        for folder, make in folders.items()
        for service in platform.services
        if (service.slos or make is not rule_tests) and (text := make(platform, service))
    }


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


def _probes(platform: Platform) -> bool:
    return any(isinstance(service, Dependency) and service.probes for service in platform.services)


def _plain(_: Platform, of: Mapping[str, list[Group]], __: Wanted) -> dict[str, str]:
    found = {}
    for service, all_of_it in of.items():
        own = [group for group in all_of_it if is_own(group)]
        of_slos = [group for group in all_of_it if not is_own(group)]
        if of_slos or not own:
            found[f"prometheus/rules/{service}.yaml"] = render(of_slos)
        if own:
            found[f"prometheus/rules/alerts/{service}.yaml"] = render(own)
    return found


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
