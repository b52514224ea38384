"""What lint finds in rule files that people wrote by hand, and what it leaves alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from slo.lint import Finding, lint_rules, read_config, read_rules

ROOT = Path(__file__).parents[3]
Lint = Callable[..., list[Finding]]
Fields = dict[str, Any]

GOOD: Fields = {
    "alert": "Errors",
    "expr": 'sum(rate(x_total{code="500"}[5m])) / sum(rate(x_total[5m])) > 0.01',
    "labels": {"severity": "page", "team": "web"},
    "annotations": {"runbook_url": "https://example.com/errors"},
}
GONE = GOOD | {"alert": "Gone", "expr": "absent(up)"}


@pytest.fixture
def linted(tmp_path: Path) -> Lint:
    """Lint rules as groups of files, each a list of rules."""

    def run(*files: list[Fields], config: str = "", **group: Any) -> list[Finding]:  # noqa: ANN401
        paths = []
        for number, rules in enumerate(files):
            paths.append(tmp_path / f"{number}.yml")
            paths[-1].write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": rules} | group]}))
        if config:
            (tmp_path / "prometheus.yml").write_text(config)
        return lint_rules(
            [read_rules(path) for path in paths], read_config(tmp_path / "prometheus.yml") if config else None
        )

    return run


def checks(found: list[Finding]) -> list[str]:
    return sorted({one.check for one in found})


FIVE = 'x_total{code=~"5.."}'
CONDITIONS = [
    # (a) a series of errors divided by itself
    (f"rate({FIVE}[5m]) / rate(x_total[5m]) > 0.01", "ratio-by-series"),
    (f"(rate({FIVE}[5m])) / (increase(x_total[5m])) > 0.01", "ratio-by-series"),
    (f"sum by (code) (rate({FIVE}[5m])) / sum by (code) (rate(x_total[5m])) > 0.1", "ratio-by-series"),
    (
        f"sum without (pod) (rate({FIVE}[5m])) / sum without (pod) (rate(x_total[5m])) > 0.1",
        "ratio-by-series",
    ),
    (f"1 - (1 - rate({FIVE}[5m]) / rate(x_total[5m])) > 0.1", "ratio-by-series"),
    (f"sum by (job) (rate({FIVE}[5m])) / sum by (job) (rate(x_total[5m])) > 0.1", ""),
    (f"sum without (code) (rate({FIVE}[5m])) / sum without (code) (rate(x_total[5m])) > 0.1", ""),
    (f"sum by (code) (rate({FIVE}[5m])) / ignoring (code) group_left () sum(rate(x_total[5m])) > 0.1", ""),
    ("rate(x_sum[5m]) / rate(x_count[5m]) > 2", ""),
    ("rate(x_total[5m]) / rate(x_total[5m] offset 1d) > 2", ""),
    ("sum(rate(x_total[5m])) / sum(rate(x_total[1h])) > 2", ""),
    # (b) always, or never
    ("rate(x_total[5m]) >= 0", "always"),
    ("rate(x_total[5m]) > -1", "always"),
    ("0 <= rate(x_total[5m])", "always"),
    ("avg(up) <= 1", "always"),
    ("count(x) > 0", "always"),
    ("x > bool 5", "always"),
    ("temperature > -5", ""),
    ("rate(x_total[5m]) > 0", ""),
    ("absent(x) == 1", ""),
    ("count(x > 5) > 0", ""),
    ("rate(x_total[5m]) < 0", "never"),
    (f"sum(rate({FIVE}[5m])) / sum(rate(x_total[5m])) > 1", "never"),
    (f"100 * (1 - sum(rate({FIVE}[5m])) / sum(rate(x_total[5m]))) > 100", "never"),
    (f"100 * sum(rate({FIVE}[5m])) / sum(rate(x_total[5m])) > 5", ""),
    (f'sum(rate({FIVE}[5m])) / sum(rate(x_total{{a="b"}}[5m])) > 1', ""),
    ("clamp_max(x, 0.5) > 0.5", "never"),
    ("count(up == 0) < 1", "never"),
    ("absent(x) == 0", "never"),
    ("x > 5 < 4", "never"),
    ("x > 5 < 6", ""),
    ("x > 1 and up > 1", "never"),
    ("(x or vector(2)) < 1 unless up", ""),
    # (g) a part of another part
    ('sum(rate(w_total{s="failed"}[5m])) / sum(rate(w_total{s="completed"}[5m])) > 0.05', "not-of-all"),
    ('sum(rate(w_total{s="failed"}[5m])) / sum(rate(w_total{s!="failed"}[5m])) > 0.05', "not-of-all"),
    ('sum(rate(w_total{c=~"5.."}[5m])) / sum(rate(w_total{c=~"2.."}[5m])) > 0.05', "not-of-all"),
    ("sum(rate(w_failed_total[5m])) / sum(rate(w_completed_total[5m])) > 0.05", "other-outcome"),
    ("sum(rate(w_failed_total[5m])) / sum(rate(w_started_total[5m])) > 0.05", ""),
    ("sum(rate(w_failed[5m])) / (sum(rate(w_failed[5m])) + sum(rate(w_success[5m]))) > 0.05", ""),
    ('sum(rate(w_total{s="failed"}[5m])) / sum(rate(w_total{s=~"failed|completed"}[5m])) > 0.05', ""),
    ('quota{type="used"} / ignoring (type) quota{type="hard"} > 0.9', ""),
    # (h) labels without bound
    ("sum by (user_id) (rate(x_total[5m])) > 1", "unbounded-label"),
    ("sum by (userId, job) (rate(x_total[5m])) > 1", "unbounded-label"),
    ("sum by (path) (rate(x_total[5m])) > 1", "unbounded-label"),
    ("sum by (order_uuid) (rate(x_total[5m])) > 1", "unbounded-label"),
    ("sum by (job, route, device, slo_id) (rate(x_total[5m])) > 1", ""),
    ("sum without (user_id) (rate(x_total[5m])) > 1", ""),
    # (i) no data as a result
    ("(sum(rate(a[5m])) / sum(rate(b[5m])) or vector(0)) > 0.99", "no-data"),
    ("(sum(rate(a[5m])) / sum(rate(b[5m])) or on () vector(1)) < 0.99", "no-data"),
    ("(sum(rate(a[5m])) / sum(rate(b[5m])) or absent(b) * 0) > 0.99", "no-data"),
    ("(avg_over_time(probe[5m]) or vector(1)) < 0.99", "no-data"),
    ("(sum(rate(a[5m])) or vector(0)) / sum(rate(b[5m])) > 0.01", ""),
    # rates, counters and quantiles
    ("x_total > 100", "counter-threshold"),
    ("sum by (job) (x_total) > 100", "counter-threshold"),
    ("x_total == 0", ""),
    ("x_total - x_total offset 5m > 100", ""),
    ("rate(disk_free_bytes[5m]) < 5", "gauge-rate"),
    ("delta(x_total[5m]) > 5", "gauge-rate"),
    ("histogram_quantile(0.9, sum by (job) (rate(x_bucket[5m]))) > 1", "quantile"),
    ("histogram_quantile(95, sum by (le) (rate(x_bucket[5m]))) > 1", "quantile"),
    ("histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m]))) > 1", ""),
    ("histogram_quantile(0.9, sum(rate(x[5m]))) > 1", ""),
    ("sum(rate(a[5m])", "promql"),
    ('absent(x{job=~"a|b"})', "absent-any"),
]


@pytest.mark.parametrize(("expr", "check"), CONDITIONS)
def test_an_alert_is_told_what_misleads_in_its_condition(linted: Lint, expr: str, check: str) -> None:
    assert checks(linted([GOOD | {"expr": expr}, GONE])) == ([check] if check else [])


def test_an_expression_that_is_nested_too_deep_is_found_and_ends_nothing(linted: Lint) -> None:
    deep = [
        "+".join(["x"] * 200),
        "-" * 20_000 + "x",
        "(" * 20_000 + "x" + ")" * 20_000,
        " or ".join(["x"] * 20_000),
    ]
    for expr in deep:
        assert checks(linted([GOOD | {"expr": expr}, GONE])) == ["promql"]


FIELDS = [
    ({}, []),
    ({"labels": {"severity": "page"}}, ["team"]),
    ({"labels": {"team": "web"}}, ["severity"]),
    ({"labels": GOOD["labels"] | {"v": "{{ $value }}"}}, ["unbounded-label"]),
    ({"annotations": {"summary": "x"}}, ["runbook"]),
    ({"for": "15s"}, ["for-interval"]),
    ({"for": "30s"}, []),
]


@pytest.mark.parametrize(("change", "expected"), FIELDS)
def test_an_alert_is_told_what_misleads_in_its_fields(
    linted: Lint, change: Fields, expected: list[str]
) -> None:
    assert checks(linted([GOOD | change, GONE], interval="30s")) == expected


def test_a_finding_has_the_file_the_line_and_the_name_of_its_rule(tmp_path: Path) -> None:
    path = tmp_path / "rules.yml"
    path.write_text(
        "groups:\n- name: web\n  rules:\n\n  - alert: Slow\n    expr: absent(up)\n    labels: {team: a}\n"
    )
    assert [one[1:5] for one in lint_rules([read_rules(path)])] == [
        (str(path), 5, "web: Slow", "runbook"),
        (str(path), 5, "web: Slow", "severity"),
    ]


def test_a_prometheus_rule_is_read_as_its_file_is(tmp_path: Path) -> None:
    groups = {"groups": [{"name": "g", "rules": [GOOD | {"labels": {}}, GONE]}]}
    resource = {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "spec": groups}
    path = tmp_path / "rules.yml"
    expected = ["team", "severity"]
    path.write_text(yaml.safe_dump_all([{"kind": "Service"}, resource, resource]))
    assert [one.check for one in lint_rules([read_rules(path)])][:2] == expected
    path.write_text(yaml.safe_dump({"kind": "List", "items": [resource]}))
    assert [one.check for one in lint_rules([read_rules(path)])] == expected


def test_a_second_document_of_a_plain_file_is_found_where_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "rules.yml"
    path.write_text("groups: []\n---\ngroups: []\n")
    assert [(one.check, one.line) for one in lint_rules([read_rules(path)])] == [("documents", 3)]


def test_one_name_of_two_severities_is_found_in_one_file_and_across_files(linted: Lint) -> None:
    ticket = GOOD | {"labels": GOOD["labels"] | {"severity": "ticket"}}
    assert checks(linted([GOOD, ticket, GONE])) == checks(linted([GOOD, GONE], [ticket])) == ["severities"]


def test_rules_of_one_name_and_the_same_labels_are_found_in_a_group_alone(linted: Lint) -> None:
    record = {"record": "a:b:c", "expr": "sum(x)"}
    assert checks(linted([GOOD, GOOD | {"expr": "x > 1"}, GONE])) == ["duplicate"]
    assert checks(linted([record, record])) == ["duplicate"]
    assert (
        checks(linted([record, record | {"labels": {"a": "b"}}])) == checks(linted([record], [record])) == []
    )


def test_a_record_is_named_by_level_metric_and_operations(linted: Lint) -> None:
    names = {"job:x:rate5m": 0, "slo_info": 0, "errors": 1, "job:errors": 1}
    for name, expected in names.items():
        assert len(linted([{"record": name, "expr": "sum(rate(x_total[5m]))"}])) == expected, name


ABSENT = [
    ("x_total", []),
    ('up{job="web"} == 0', []),
    ('y{job="web"} unless x_total', []),
    ("job:x:rate5m unless y", []),
    ('absent_over_time(up{job=~"w.*"}[5m])', []),
    ('absent(up{job="db"})', ["no-absent"]),
    ("absent(z_total)", ["no-absent"]),
]


@pytest.mark.parametrize(("watch", "expected"), ABSENT)
def test_somebody_must_be_told_when_what_an_alert_reads_is_gone(
    linted: Lint, watch: str, expected: list[str]
) -> None:
    """Also by way of records, and of other files."""
    record = {"record": "job:x:rate5m", "expr": 'sum(rate(x_total{job="web"}[5m]))'}
    alert, told = GOOD | {"expr": "job:x:rate5m > 5"}, GOOD | {"alert": "Gone"}
    if watch == "x_total":
        watch = "absent(x_total)"
    assert checks(linted([record, alert, told | {"expr": watch}])) == expected
    assert checks(linted([record, alert], [told | {"expr": watch}])) == expected
    assert checks(linted([record, alert])) == ["no-absent"]


CONFIG = """
global: {scrape_interval: 30s, evaluation_interval: 1m}
scrape_configs:
  - job_name: web
    scrape_interval: 15s
    metric_relabel_configs:
      - {source_labels: [__name__], regex: "x_total|web_.*", action: keep}
  - job_name: db
    metric_relabel_configs:
      - {source_labels: [__name__, code], separator: "@", regex: "y_total@5..", action: drop}
      - {source_labels: [__name__, mode], regex: "z_total;idle", action: drop}
"""
SCRAPED = [
    ('rate(x_total{job="web"}[1m]) > 1', []),
    ('rate(a_total{job="web"}[1m]) > 1', ["dropped"]),
    # The regex is anchored on both sides.
    ('rate(x_total_b{job="web"}[1m]) > 1', ["dropped"]),
    ('rate(x_total{job="wb"}[1m]) > 1', ["unknown-job"]),
    ('rate(x_total{job=~"wb|web"}[1m]) > 1', []),
    ('up{job!="web"} == 0', []),
    ('up{job=~"w"} == 0', ["unknown-job"]),
    ('rate(x_total{job="web"}[45s]) > 1', ["rate-window"]),
    ('rate(x_total{job="db"}[1m]) > 1', ["rate-window"]),
    ('irate(x_total{job="db"}[1m]) > 1', []),
    ("rate(x_total[1m]) > 1", []),
    ("rate(other_total[2m]) > 1", []),
    ("rate(web_total[2m]) > 1", []),
    ('rate(y_total{job="db",code="500"}[2m]) > 1', ["dropped"]),
    ('rate(y_total{job="db",code="400"}[2m]) > 1', []),
    ('rate(z_total{job="db"}[2m]) > 1', []),
    ('rate(z_total{mode="idle"}[2m]) > 1', ["dropped"]),
    ('scrape_samples_scraped{job="web"} > 5', []),
]


@pytest.mark.parametrize(("expr", "expected"), SCRAPED)
def test_rules_are_held_against_what_their_prometheus_scrapes(
    linted: Lint, expr: str, expected: list[str]
) -> None:
    assert checks(linted([GOOD | {"expr": expr}, GONE], config=CONFIG)) == expected


def test_a_metric_that_seems_to_belong_to_a_keep_list_is_told_though_another_job_may_have_it(
    linted: Lint,
) -> None:
    config = CONFIG.replace("x_total|web_.*", "web_a|web_b")
    (found,) = linted([GOOD | {"expr": "web_c > 1"}, GONE], config=config)
    assert (found.check, "job web drops (keep, regex web_a|web_b)" in found.message) == (
        "dropped-maybe",
        True,
    )


def test_where_series_bring_a_job_of_their_own_no_job_is_unknown(linted: Lint) -> None:
    for line in ("honor_labels: true", "relabel_configs: [{target_label: job, replacement: a}]"):
        config = f"scrape_configs: [{{job_name: a, {line}}}]"
        assert linted([GOOD | {"expr": 'up{job="b"} == 0'}, GONE], config=config) == []
    config = "scrape_configs: [{job_name: a, static_configs: [{targets: [], labels: {job: b}}]}]"
    assert linted([GOOD | {"expr": 'up{job="b"} == 0'}, GONE], config=config) == []


def test_the_interval_of_the_configuration_holds_for_groups_without_their_own(linted: Lint) -> None:
    assert checks(linted([GOOD | {"for": "30s"}, GONE], config=CONFIG)) == ["for-interval"]


def test_our_own_rules_have_nothing_to_find() -> None:
    files = [read_rules(path) for path in (ROOT / "tests/golden/shop/prometheus/rules").glob("*.yaml")]
    config = read_config(ROOT / "tests/golden/shop/prometheus/prometheus.yml")
    assert files
    assert lint_rules(files, config) == []
