"""Rule files that Prometheus would refuse: one clear error with the line, and never a crash."""

import string
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from slo import SLOError
from slo.lint import is_rule_file, lint_rules, read_config, read_rules
from slo.lint.finding import Place
from slo.lint.prometheus import Job, ScrapeConfig
from slo.lint.relabel import Step
from slo.lint.rulefile import Rule, RuleFile

HEAD = "groups:\n- name: web\n  rules:\n"
BAD = [
    ("groups: 5\n", "1: groups: expected a list"),
    ("groups:\n- web\n", "1: groups.0: expected a mapping"),
    ("groups:\n- rules: []\n", "2: groups.0.name: is missing"),
    ("groups:\n- name: web\n  rules: {}\n", "3: groups.0.rules: expected a list"),
    ("groups:\n- name: web\n- name: web\n", "1: groups: group name used twice: web"),
    (
        "groups:\n- name: web\n  interval: 5\n",
        "3: groups.0.interval: expected a duration such as 30s or 1h30m, got '5'",
    ),
    (f"{HEAD}  - record: a\n    for: 5m\n    expr: x\n", "4: groups.0.rules.0: a record takes no for"),
    (
        f"{HEAD}  - record: a\n    alert: b\n    expr: x\n",
        "4: groups.0.rules.0: expected either record or alert",
    ),
    (f"{HEAD}  - expr: x\n", "4: groups.0.rules.0: expected either record or alert"),
    (f"{HEAD}  - alert: a\n", "4: groups.0.rules.0.expr: is missing"),
    (f"{HEAD}  - alert: a\n    expr:\n", "5: groups.0.rules.0.expr: is missing"),
    (f"{HEAD}  - alert: a\n    expr: ' '\n", "5: groups.0.rules.0.expr: expected an expression"),
    (f"{HEAD}  - alert: a\n    expr: [x]\n", "5: groups.0.rules.0.expr: expected text"),
    (f"{HEAD}  - alert: a\n    expr: x\n    four: 5m\n", "6: groups.0.rules.0.four: no field of a rule file"),
    (f"{HEAD}  - alert: a\n    expr: x\n    for: soon\n", "6: groups.0.rules.0.for: expected a duration"),
    (f"{HEAD}  - alert: a\n    expr: x\n    labels: [a]\n", "6: groups.0.rules.0.labels: expected a mapping"),
    (
        f"{HEAD}  - alert: a\n    expr: x\n    labels:\n      b: {{}}\n",
        "7: groups.0.rules.0.labels.b: expected text",
    ),
    (f"{HEAD}  - alert: a\n    expr: x\n    expr: y\n", "6: not YAML: expr comes twice"),
    ('"a\\nb": 1\n"a\\nb": 2\n', "2: not YAML: a b comes twice"),
    ("group:\n- name: web\ngroups: []\n", "1: group: no field of a rule file"),
    ("kind: PrometheusRule\nspec: 5\n", "1: spec: expected a mapping with groups"),
    ("groups: [\n", "2: not YAML: "),
    ("groups: &a [*a]\n", "1: not YAML: "),
    ("groups: []\n---\n- a\n", ": expected a mapping with groups"),
]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return tmp_path / "rules.yml"


@pytest.mark.parametrize(("text", "message"), BAD)
def test_a_malformed_rule_file_is_one_error_with_its_line(rules: Path, text: str, message: str) -> None:
    rules.write_text(text)
    with pytest.raises(SLOError) as caught:
        read_rules(rules)
    said = str(caught.value)
    assert said.startswith(f"{rules}:")
    assert message in said
    assert "\n" not in said


@pytest.mark.parametrize(
    "text", [text for text, _ in BAD if "PrometheusRule" not in text and "---" not in text]
)
def test_prometheus_refuses_what_is_refused_here(tools: Path, rules: Path, text: str) -> None:
    rules.write_text(text)
    result = subprocess.run([tools / "promtool", "check", "rules", rules], check=False, capture_output=True)
    assert result.returncode != 0


def test_scalars_are_the_text_that_prometheus_takes_them_for(tools: Path, rules: Path) -> None:
    rules.write_text(
        f"{HEAD}  - alert: a\n    expr: 1\n    for: 0s\n    labels: {{a: yes, b: 0x1F, c: 1:30, d: }}\n"
    )
    (rule,) = read_rules(rules).rules
    assert (rule.expr, rule.labels) == ("1", {"a": "yes", "b": "0x1F", "c": "1:30", "d": ""})
    subprocess.run([tools / "promtool", "check", "rules", rules], check=True, capture_output=True)


def test_durations_are_those_of_prometheus(rules: Path) -> None:
    for text, seconds in {"1h30m": 5400, "0": 0, "1d": 86400, "500ms": 0.5, "1w2d": 777600}.items():
        rules.write_text(f"{HEAD}  - {{alert: a, expr: x, for: {text}}}\n")
        assert read_rules(rules).rules[0].hold == seconds


def test_a_configuration_that_is_wrong_is_one_error(tmp_path: Path) -> None:
    path = tmp_path / "prometheus.yml"
    for text, message in {
        "scrape_configs: [{}]": "scrape_configs.0.job_name",
        "scrape_configs: {a: b}": "scrape_configs",
        "global: {scrape_interval: often}": "global.scrape_interval",
        "global: {}": "scrape_configs: expected at least one job",
        "- a": "prometheus.yml",
        "a: [": "not YAML",
    }.items():
        path.write_text(text)
        with pytest.raises(SLOError, match=message):
            read_config(path)


def test_scrape_configurations_in_files_of_their_own_are_read(tmp_path: Path) -> None:
    (tmp_path / "prometheus.yml").write_text("scrape_config_files: [jobs/*.yml]\n")
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs/a.yml").write_text("scrape_configs: [{job_name: a}, {job_name: b}]")
    assert [job.names for job in read_config(tmp_path / "prometheus.yml").jobs] == [("a",), ("b",)]


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(string.printable, max_size=12)
FIELDS = st.sampled_from(
    [
        "groups",
        "name",
        "rules",
        "interval",
        "alert",
        "record",
        "expr",
        "for",
        "keep_firing_for",
        "labels",
        "annotations",
        "kind",
        "spec",
        "items",
    ]
)
SELECTORS = st.sampled_from(
    [
        "up",
        "x_total",
        'x_total{code=~"5.."}',
        'x{a=~"b|(",c!~"d"}',
        '{__name__="y"}',
        "1",
        "-1",
        "Inf",
        "NaN",
        "vector(0)",
    ]
)
PARTS = st.recursive(
    SELECTORS,
    lambda inner: st.one_of(
        st.builds(
            "({} {} {})".format,
            inner,
            st.sampled_from(["+", "-", "*", "/", "%", "^", ">", ">=", "==", "!=", "and", "or", "unless"]),
            inner,
        ),
        st.builds(
            "{} by ({}) ({})".format,
            st.sampled_from(["sum", "count", "avg"]),
            st.sampled_from(["", "code"]),
            inner,
        ),
        st.builds(
            "{}({}[5m:1m])".format, st.sampled_from(["rate", "sum_over_time", "absent_over_time"]), inner
        ),
        st.builds("clamp({}, 0, {})".format, inner, st.sampled_from(["1", "time()", "-Inf"])),
    ),
    max_leaves=6,
)
EXPRESSIONS = PARTS | st.builds("{} > {}".format, PARTS, PARTS) | st.sampled_from(["sum(", '"a"', ""])
TREES = st.recursive(
    SCALARS | EXPRESSIONS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(FIELDS | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)
RULES = st.fixed_dictionaries(
    {"expr": EXPRESSIONS | SCALARS},
    optional=dict.fromkeys(("alert", "record", "for", "labels", "annotations", "other"), TREES),
)
GROUPS = st.lists(
    st.fixed_dictionaries({"name": SCALARS, "rules": st.lists(RULES | TREES, max_size=3)}), max_size=2
)
QUIET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def refusal(path: Path) -> str:
    """What is said of a file that is no rule file; its name, if it is one."""
    try:
        is_rule_file(path)
        lint_rules([read_rules(path)])
    except SLOError as error:
        return str(error)
    return str(path)


@QUIET
@example(body={"\n": False})
@example(body={"groups": [{"name": "a\nb"}, {"name": "a\nb"}]})
@given(body=TREES | st.fixed_dictionaries({"groups": TREES | GROUPS}))
def test_whatever_yaml_holds_gives_findings_or_one_error(rules: Path, body: Any) -> None:  # noqa: ANN401
    rules.write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")
    assert "\n" not in refusal(rules)


@settings(max_examples=300, deadline=None)
@given(expr=EXPRESSIONS, alert=st.booleans())
def test_whatever_promql_holds_gives_findings(expr: str, alert: bool) -> None:  # noqa: FBT001 - hypothesis names it
    place = Place("rules.yml", 1, "g: A")
    rule = Rule(place, "g", "" if alert else "a:b:c", "A" if alert else "", expr, 0, None, {}, {})
    jobs = (Job(("web",), timedelta(seconds=15), (Step("keep", ("__name__", "code"), ";", "x.*", ""),)),)
    found = lint_rules([RuleFile("rules.yml", (rule,))], ScrapeConfig(jobs, 60, open=False))
    assert all("\n" not in one.message for one in found)


@QUIET
@given(data=st.binary(max_size=60) | st.text(max_size=60).map(lambda text: f"groups: {text}".encode()))
def test_whatever_bytes_a_file_has_gives_findings_or_one_error(rules: Path, data: bytes) -> None:
    rules.write_bytes(data)
    assert refusal(rules).startswith(str(rules))
