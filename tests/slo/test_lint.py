"""What lint finds in specs and rule files, and what it leaves alone."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from slo import SLO, Alerting, Counter, Platform, Ratio, Service, Uptime, load
from slo.lint import lint, lint_rules

ROOT = Path(__file__).parents[2]
Cli = Callable[..., subprocess.CompletedProcess[str]]


def platform(objective: str = "99.9", sli: Any = None, more: Any = None, **platform: Any) -> Platform:  # noqa: ANN401
    slo = SLO(name="x", objective=objective, sli=sli or Uptime(), **(more or {}))
    service = Service(name="shop", slos=(slo,), metrics=(Counter(name="orders_total", help="Orders."),))
    return Platform(name="p", services=(service,), **({"retention": "90d"} | platform))


CASES = [
    (platform(), set()),
    (platform(retention="200h"), {"retention"}),
    (platform(scrape_interval="2m"), {"scrape-interval"}),
    (platform("99.9999"), {"one-failure"}),
    (platform("90"), {"unreachable", "slow-page"}),
    (platform("90", more={"alerting": Alerting(page=False)}), {"unreachable"}),
    (platform("95"), {"slow-page"}),
    (platform("95", more={"alerting": Alerting(policy=[("page", "5m", "1h", 2)])}), set()),
    (platform(sli=Ratio(total="orders_total", bad='orders_total{state="failed"}')), set()),
    (platform(sli=Ratio(total="orders_total", bad="failed_total")), {"undeclared"}),
]


@pytest.mark.parametrize(("spec", "checks"), CASES)
def test_a_spec_is_told_what_misleads(spec: Platform, checks: set[str]) -> None:
    assert {finding.check for finding in lint(spec)} == checks


GOOD = {
    "alert": "Errors",
    "expr": 'sum(rate(x_total{code="500"}[5m])) / sum(rate(x_total[5m])) > 0.01',
    "labels": {"severity": "page", "team": "web"},
    "annotations": {"runbook_url": "https://example.com/errors"},
}
RULES = [
    ({}, set()),
    ({"expr": 'rate(x_total{code="500"}[5m]) / rate(x_total[5m]) > 0.01'}, {"ratio-by-series"}),
    ({"expr": '(rate(x_total{code="500"}[5m])) / (increase(x_total[5m])) > 0.01'}, {"ratio-by-series"}),
    ({"expr": "rate(x_total[5m]) >= 0"}, {"always"}),
    ({"expr": "rate(x_total[5m]) > -1"}, {"always"}),
    ({"expr": "rate(x_total[5m]) > 0"}, set()),
    ({"expr": "(sum(rate(a[5m])) / sum(rate(b[5m])) or vector(1)) < 0.99"}, {"no-data"}),
    ({"expr": "sum(rate(a[5m])) or vector(0)"}, set()),
    ({"expr": "sum(rate(a[5m])"}, {"promql"}),
    ({"labels": {"severity": "page"}}, {"team"}),
    ({"labels": {"team": "web"}}, {"severity"}),
    ({"annotations": {"summary": "x"}}, {"runbook"}),
]


def rule_file(path: Path, *groups: list[dict[str, Any]]) -> Path:
    documents = [{"groups": [{"name": "g", "rules": rules}]} for rules in groups]
    path.write_text(yaml.safe_dump_all(documents))
    return path


@pytest.mark.parametrize(("change", "checks"), RULES)
def test_a_rule_is_told_what_misleads(tmp_path: Path, change: dict[str, Any], checks: set[str]) -> None:
    found = lint_rules(rule_file(tmp_path / "rules.yml", [GOOD | change]))
    assert {finding.check for finding in found} == checks
    assert all(finding.place == f"{tmp_path / 'rules.yml'}: g: Errors" for finding in found)


def test_one_name_of_two_severities_and_a_second_document_are_found(tmp_path: Path) -> None:
    ticket = GOOD | {"labels": {"severity": "ticket", "team": "web"}}
    found = lint_rules(rule_file(tmp_path / "rules.yml", [GOOD, ticket], [GOOD]))
    assert [finding.check for finding in found] == ["documents", "severities"]


def test_our_own_rules_have_nothing_to_find() -> None:
    assert lint_rules(ROOT / "tests/golden/shop/prometheus/rules/shop.yaml") == []


def test_the_default_spec_is_told_that_prometheus_keeps_less_than_its_windows() -> None:
    checks = {finding.check for finding in lint(load("somahub.spec"))}
    assert checks == {"retention", "slow-page"}


def test_findings_exit_with_1_in_each_form_and_notices_with_0(slo_cli: Cli, tmp_path: Path) -> None:
    rules = rule_file(tmp_path / "rules.yml", [GOOD | {"labels": {"severity": "page"}}])
    text = slo_cli("lint", rules)
    assert (text.returncode, text.stdout.startswith(f"warning: {rules}: g: Errors: has no team")) == (1, True)
    assert json.loads(slo_cli("lint", rules, "--format", "json").stdout)[0]["check"] == "team"
    assert slo_cli("lint", rules, "--format", "github").stdout.startswith("::warning title=team::")
    assert slo_cli("lint", rule_file(tmp_path / "good.yml", [GOOD])).returncode == 0
    broken = slo_cli("lint", tmp_path / "none.yml")
    assert (broken.returncode, broken.stdout) == (2, "")
