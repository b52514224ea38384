"""Everything that follows from a spec, as a mapping of paths to texts; writing it is the last step."""

from pathlib import Path
from typing import NamedTuple

from alerts import alertmanager_config, native_rule_tests, rule_groups, rule_tests, runbook, runbook_names
from collectors import prometheus_config
from dashboards import service_dashboard
from slo.model import Platform, Service
from slo.rulefile import render


class Endpoints(NamedTuple):
    """Addresses of the stack's own parts; the defaults are the platform's."""

    prometheus: str = "127.0.0.1:10010"
    alertmanager: str = "127.0.0.1:10019"
    pager: str = "127.0.0.1:10015"


MANUAL = Endpoints()


def files(platform: Platform, where: Endpoints = MANUAL) -> dict[str, str]:
    """Relative path to content, in a stable order."""
    promising = [s for s in platform.services if s.slos]
    return {
        "prometheus/prometheus.yml": prometheus_config(platform, alertmanager=where.alertmanager),
        **{f"prometheus/rules/{s.name}.yaml": _rules(platform, s) for s in promising},
        **{f"prometheus/tests/{s.name}.yaml": rule_tests(platform, s) for s in promising},
        **{
            f"prometheus/tests/native/{s.name}.yaml": text
            for s in promising
            if (text := native_rule_tests(platform, s))
        },
        "alertmanager/alertmanager.yml": alertmanager_config(f"http://{where.pager}/alertmanager"),
        **{f"grafana/dashboards/{s.name}.json": service_dashboard(s) for s in promising},
        **{f"runbooks/{n}.md": runbook(platform, n) for n in runbook_names()},
    }


def write(contents: dict[str, str], out: Path) -> None:
    """Write the files below ``out``; called only once all of them exist in memory."""
    for name, text in contents.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _rules(platform: Platform, service: Service) -> str:
    return render(group for slo in service.slos for group in rule_groups(platform, service, slo))
