"""``slo lint`` on the command line: what it takes, what it prints, how it exits."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from slo.lint import CHECKS, Finding, report
from somahub.cli import main

ROOT = Path(__file__).parents[2]


class Ended(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


Cli = Callable[..., Ended]

RULES = """\
groups:
- name: web
  rules:
  - alert: Errors
    expr: absent(up)
    labels: {severity: page, team: "50%, or: more"}
"""
CLEAN = RULES + "    annotations: {runbook_url: https://example.com}\n"


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command in this process, from the top of the repository."""
    monkeypatch.chdir(ROOT)

    def run(*arguments: object) -> Ended:
        code = main(["lint", *map(str, arguments)])
        return Ended(code, *capsys.readouterr())

    return run


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yml"
    path.write_text(RULES)
    return path


def test_text_says_where_and_counts_what_was_found(cli: Cli, rules: Path) -> None:
    result = cli(rules)
    assert (result.returncode, result.stdout.splitlines()) == (
        1,
        [
            f"{rules}:4: web: Errors",
            "  warning: has no runbook_url: who is paged at night has nothing to go by (runbook)",
            "1 warning in 1 rule",
        ],
    )
    rules.write_text(CLEAN)
    result = cli(rules)
    assert (result.returncode, result.stdout) == (0, "nothing found in 1 rule\n")


def test_json_has_findings_of_one_form_and_a_summary(cli: Cli, rules: Path) -> None:
    result = cli(rules, "--format", "json")
    body = json.loads(result.stdout)
    assert result.returncode == 1
    assert body["summary"] == {"error": 0, "warning": 1, "notice": 0}
    (found,) = body["findings"]
    assert found == {
        "level": "warning",
        "file": str(rules),
        "line": 4,
        "place": "web: Errors",
        "check": "runbook",
        "message": "has no runbook_url: who is paged at night has nothing to go by",
    }


def test_github_shows_a_finding_at_its_line(cli: Cli, rules: Path) -> None:
    result = cli(rules, "--format", "github")
    assert result.returncode == 1
    assert result.stdout.startswith(
        f"::warning file={rules},line=4,title=runbook::web: Errors: has no runbook_url"
    )
    rules.write_text(CLEAN)
    assert cli(rules, "--format", "github").stdout == ""


def test_an_annotation_escapes_what_would_end_it() -> None:
    one = Finding("error", "C:\\a,b%.yml", None, "x:y", "always", "50 %\r\n::warning::, no")
    expected = "::error file=C%3A\\a%2Cb%25.yml,title=always::x:y: 50 %25%0D%0A::warning::, no"
    assert report.github([one]) == expected


def test_checks_are_selected_and_ignored_by_name(cli: Cli, rules: Path) -> None:
    assert cli(rules, "--ignore", "runbook,team").returncode == 0
    assert cli(rules, "--select", "team", "--select", "runbook").returncode == 1
    assert cli(rules, "--select", "team").returncode == 0
    unknown = cli(rules, "--select", "run-book")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert unknown.stderr.startswith("error: no check run-book; there are: absent-any, ")


def test_files_patterns_and_folders_are_linted_together(cli: Cli, rules: Path) -> None:
    ticket = rules.with_name("more.yaml")
    ticket.write_text(CLEAN.replace("page", "ticket"))
    rules.write_text(CLEAN)
    (rules.parent / "values.yaml").write_text("a: 1\n")
    for what in ([rules, ticket], [rules.parent], [rules.parent / "[mr]*.y*ml"]):
        result = cli(*what)
        assert result.stdout.splitlines()[-1] == "1 warning in 2 rules", what
        assert "(severities)" in result.stdout
        left = f"note: {rules.parent}: only its rule files are looked at, not values.yaml\n"
        assert result.stderr == (left if what == [rules.parent] else "")
    (rules.parent / "values.yaml").write_text("a: [")
    broken = cli(rules.parent)
    assert (broken.returncode, broken.stdout) == (2, "")
    assert broken.stderr.startswith(f"error: {rules.parent}/values.yaml:2: not YAML")
    nothing = cli(rules.parent / "*.json")
    assert (nothing.returncode, nothing.stderr) == (2, f"error: {rules.parent}/*.json: no such files\n")


def test_a_bad_file_exits_with_2_and_prints_one_line(cli: Cli, rules: Path) -> None:
    rules.write_text(RULES.replace("expr", "exp"))
    result = cli(rules)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"error: {rules}:4: groups.0.rules.0.expr: is missing\n"
    missing = cli(rules.with_name("none.yml"))
    assert (missing.returncode, missing.stdout) == (2, "")


def test_a_notice_alone_exits_with_0(cli: Cli, rules: Path) -> None:
    rules.write_text("groups: [{name: g, rules: [{record: errors, expr: sum(x)}]}]")
    result = cli(rules)
    assert (result.returncode, result.stdout.splitlines()[-1]) == (0, "1 notice in 1 rule")


def test_a_spec_is_held_against_a_configuration_too(cli: Cli, tmp_path: Path) -> None:
    config = tmp_path / "prometheus.yml"
    config.write_text("scrape_configs: [{job_name: shop-web}]")
    spec = ROOT / "tests/golden/shop.py"
    result = cli(spec, "--prometheus-config", config, "--select", "unknown-job")
    assert (
        'tests/golden/shop.py:9: my-company: shop-uptime: sli\n  error: reads up{job="shop"}, and no scrape'
        in result.stdout
    )
    own = cli(
        spec,
        "--prometheus-config",
        spec.with_name("shop") / "prometheus/prometheus.yml",
        "--select",
        "unknown-job",
    )
    assert (own.returncode, own.stdout) == (0, "nothing found in 4 SLOs\n")


def test_the_cost_of_each_slo_is_shown_and_limited(cli: Cli) -> None:
    spec = ROOT / "tests/golden/shop.py"
    costs = json.loads(cli(spec, "--cost", "--format", "json").stdout)["costs"]
    assert [one["slo"] for one in costs] == [
        "shop-uptime",
        "shop-availability",
        "shop-latency",
        "shop-orders",
    ]
    assert set(costs[0]) == {"slo", "range_selectors", "samples", "samples_per_day", "series"}
    text = cli(spec, "--cost", "--select", "samples").stdout.splitlines()
    assert re.split(r"\s{2,}", text[0]) == [
        "SLO",
        "range selectors",
        "samples/evaluation",
        "samples/day",
        "series",
    ]
    assert text[2].split()[0::4] == ["shop-availability", str(costs[1]["series"])]
    assert text[5].startswith("all ")
    limit = str(costs[1]["samples"] - 1)
    over = cli(spec, "--max-samples", limit, "--select", "samples")
    assert (over.returncode, "shop-availability" in over.stdout) == (1, True)


def test_the_page_of_checks_and_the_checks_agree() -> None:
    page = (ROOT / "platform/docs/lint.md").read_text()
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| (.+?) \| (.+?) \| (.+?) \|$", page, re.MULTILINE)
    assert {name: (level, fault) for name, level, fault, _, _ in rows} == {
        name: (check.level, check.fault) for name, check in CHECKS.items()
    }
    assert len(rows) == len(CHECKS)


def test_every_check_of_the_table_is_made() -> None:
    code = "".join(path.read_text() for path in (ROOT / "slo/lint").glob("*.py"))
    made = set(re.findall(r'found\(\s*"([a-z-]+)"', code))
    assert made == set(CHECKS)
