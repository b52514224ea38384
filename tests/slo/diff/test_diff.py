"""What slo diff says of two specs, and of a spec and its rules."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.diff import compare, text
from slo.expression import canonical

Cli = Callable[..., subprocess.CompletedProcess[str]]
GOLDEN = Path(__file__).parents[2] / "golden"
SHOP = GOLDEN / "shop.py"
CHANGED = [
    ('objective="99.95"', 'objective="99.9"', "page on 5m and 1h    > 0.0072 -> > 0.0144"),
    ('window="7d"', 'window="14d"', "7d -> 14d"),
    ('owner="web"', 'owner="shop"', "~ service shop\n    owner  web -> shop"),
    ('name="orders"', 'name="sales"', "- shop-orders: 90 % over 30d\n+ shop-sales: 90 % over 30d"),
    (
        '"orders_failed_total"',
        "'orders_total{ok=\"0\"}'",
        "sum(rate(orders_failed_total[5m])) -> sum(rate(orders_total",
    ),
    ("sli=Uptime()", 'sli=Uptime(), labels={"a": "b"}', "labels.a  (none) -> b"),
    ("sli=Uptime()", 'sli=Uptime(), group_by=("zone",)', "group_by  (none) -> zone"),
    ("sli=Uptime()", 'sli=Uptime(), alerting={"ticket": False}', "ticket on 2h and 1d  > 0.0015 -> (none)"),
]


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return tmp_path / "other.py"


@pytest.mark.parametrize(("old", "new", "said"), CHANGED)
def test_a_change_of_meaning_is_said_and_exits_with_1(
    slo_cli: Cli, other: Path, old: str, new: str, said: str
) -> None:
    assert old in SHOP.read_text()
    other.write_text(SHOP.read_text().replace(old, new))
    result = slo_cli("diff", SHOP, other)
    assert (result.returncode, result.stderr) == (1, "")
    assert said in result.stdout


def test_layout_is_no_difference(slo_cli: Cli, other: Path) -> None:
    text_of = SHOP.read_text()
    other.write_text(
        text_of.replace(
            '"orders_failed_total"', '"sum( rate( orders_failed_total[{{ .window }}] ) )"'
        ).replace('name="my-company"', 'name="other"')
    )
    result = slo_cli("diff", SHOP, other)
    assert (result.returncode, result.stdout) == (0, "no difference\n")


def test_a_spec_and_what_was_generated_from_it_are_the_same(slo_cli: Cli, tmp_path: Path) -> None:
    assert slo_cli("generate", SHOP, "--out", tmp_path / "out").returncode == 0
    for sides in ((SHOP, tmp_path / "out"), (tmp_path / "out", tmp_path / "out/prometheus/rules/shop.yaml")):
        result = slo_cli("diff", *sides)
        assert (result.returncode, result.stdout) == (0, "no difference\n"), result.stdout


def test_generated_rules_of_an_older_spec_differ_by_threshold(
    slo_cli: Cli, tmp_path: Path, other: Path
) -> None:
    assert slo_cli("generate", SHOP, "--out", tmp_path / "out").returncode == 0
    other.write_text(SHOP.read_text().replace('objective="99.95"', 'objective="99.9"'))
    result = slo_cli("diff", tmp_path / "out", other, "--format", "json")
    assert result.returncode == 1
    changes = {one["field"]: (one["before"], one["after"]) for one in json.loads(result.stdout)}
    assert {one["subject"] for one in json.loads(result.stdout)} == {"shop-uptime"}
    assert changes["objective"] == ("99.95", "99.9")
    assert changes["page on 5m and 1h"] == ("> 0.0072", "> 0.0144")


def test_rules_that_were_edited_by_hand_differ(slo_cli: Cli, tmp_path: Path) -> None:
    assert slo_cli("generate", SHOP, "--out", tmp_path / "out").returncode == 0
    rules = tmp_path / "out/prometheus/rules/shop.yaml"
    rules.write_text(rules.read_text().replace("> 0.0072", "> 0.01"))
    result = slo_cli("diff", SHOP, tmp_path / "out")
    assert result.returncode == 1
    assert "page on 5m and 1h  > 0.0072 -> > 0.01\n" in result.stdout


@pytest.mark.parametrize("bad", ["nowhere.py", "nowhere.yml", "no.such.module"])
def test_a_side_that_is_not_there_exits_with_2(slo_cli: Cli, bad: str) -> None:
    result = slo_cli("diff", SHOP, bad)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {bad}")


def test_a_rule_file_with_a_group_of_no_rules_is_an_error_with_its_place(
    slo_cli: Cli, tmp_path: Path
) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("groups: [{name: a, rules: 5}]")
    result = slo_cli("diff", SHOP, path)
    assert (result.returncode, result.stderr) == (
        2,
        f"error: {path}: groups.0.rules: expected a list of rules\n",
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('sum by (b,a) (rate(x{b="1",a="2"}[300s]))', 'sum(rate(x{a="2", b="1"}[5m])) by (a, b)'),
        ("((a + b)) + (c)", "a+b+c"),
        ("max(x) > (1.0)", "( max(x) ) > 1"),
        ("x offset 60m", "x offset 1h"),
        ("a and on(c,b) d", "a and on (b, c) d"),
    ],
)
def test_expressions_that_differ_in_layout_alone_are_one(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a - (b - c)", "a - b - c"),
        ("sum by (a) (x)", "sum without (a) (x)"),
        ("x[5m:]", "x[5m:1m]"),
        ("a > b", "a > bool b"),
        ("a / on (x) b", "a / ignoring (x) b"),
        ("a ^ (b ^ c)", "(a ^ b) ^ c"),
        ("x offset 5m", "x offset -5m"),
        ('x{a="b"}', 'x{a=~"b"}'),
    ],
)
def test_expressions_that_differ_in_meaning_are_two(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


FACTS = st.dictionaries(
    st.sampled_from("abc"),
    st.dictionaries(st.sampled_from("xyz"), st.sampled_from("123"), max_size=3),
    max_size=3,
)


@given(FACTS, FACTS)
def test_changes_are_the_same_read_backwards(
    before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]
) -> None:
    there, back = compare(before, after), compare(after, before)
    assert (there == []) == (before == after) == (back == [])
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(turned[c.kind], c.subject, c.field, c.after, c.before) for c in there} == set(back)
    assert text(there, before, after).endswith("\n")
