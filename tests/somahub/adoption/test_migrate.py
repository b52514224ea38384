"""Sloth's rules beside ours on a real Prometheus' history."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import promql_parser
import pytest
from sloth import example

from slo.formats.reader import read
from somahub.adoption.sloth import Rules, derived, generated, rule_documents

NOW = int(datetime.now(UTC).timestamp()) // 60 * 60
MINUTES = 1440
FIRST = NOW - MINUTES * 60 + 17
OUTAGE, IDLE = range(900, 930), range(400, 440)
SPEC = """
version: prometheus/v1
service: shop
slos:
  - name: orders
    objective: 99
    sli:
      events:
        error_query: sum(rate(orders_total{code=~"5.."}[{{.window}}]))
        total_query: sum(rate(orders_total[{{.window}}]))
    alerting: {name: OrdersFail, page_alert: {labels: {}}, ticket_alert: {disable: true}}
  - name: searches
    objective: 99
    sli:
      events:
        error_query: sum(rate(searches_total{code="500"}[{{.window}}]))
        total_query: sum(rate(searches_total[{{.window}}]))
    alerting: {page_alert: {disable: true}, ticket_alert: {disable: true}}
"""


def lines() -> Iterator[str]:
    """Orders all fail for half an hour; searches rest for forty minutes, and none ever failed."""
    good = bad = 0
    count = []
    for i in range(MINUTES + 1):
        good, bad = good + 60 * (i not in OUTAGE and i not in IDLE), bad + 60 * (i in OUTAGE)
        count.append((good, bad, FIRST + i * 60))
    yield "# TYPE orders counter"
    yield from (f'orders_total{{code="200"}} {g} {at}' for g, _, at in count)
    yield from (f'orders_total{{code="500"}} {b} {at}' for _, b, at in count)
    yield "# TYPE searches counter"
    yield from (f'searches_total{{code="200"}} {g} {at}' for g, _, at in count)
    yield "# TYPE up gauge"
    yield from (f'up{{job="shop"}} 1 {at}' for _, _, at in count)


def test_every_difference_on_history_is_reported_with_its_reason(
    slo_cli: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/shop.yml").write_text(SPEC)
    (tmp_path / "data.om").write_text("\n".join([*lines(), "# EOF", ""]))
    given = ("--openmetrics", tmp_path / "data.om", "--out", tmp_path / "out", "--json")
    done = slo_cli("migrate", "sloth", tmp_path / "specs", *given)
    assert done.returncode in {0, 1}, done.stderr
    rows = {row["slo_id"]: row for row in json.loads(done.stdout)}
    orders, searches = rows["shop-orders"], rows["shop-searches"]
    starts = [
        datetime.fromisoformat(side["alerts"]["page"][0]["start"]).timestamp()
        for side in (orders["sloth"], orders["ours"])
    ]
    began = FIRST + OUTAGE[0] * 60
    assert all(0 < at - began < 20 * 60 for at in starts), done.stdout
    # An idle slice made Sloth's mean of the whole period NaN.
    assert orders["sloth"]["sli"] == "NaN"
    assert orders["ours"]["sli"] == pytest.approx(1 - 30 / (MINUTES - 40), rel=0.001)
    assert any("idle" in d["reason"] for d in orders["differences"])
    # No search ever failed: Sloth says nothing at all.
    assert searches["sloth"]["sli"] is None
    assert searches["ours"]["sli"] == 1
    assert any("first error series" in d["reason"] for d in searches["differences"])
    assert slo_cli("validate", tmp_path / "out/slos.py").returncode == 0
    assert (tmp_path / "out/prometheus/rules/shop.yaml").is_file()


def test_derived_rules_have_the_windows_and_thresholds_of_sloth(tmp_path: Path) -> None:
    (tmp_path / "shop.yml").write_text(SPEC)
    found = derived(read(tmp_path / "shop.yml").platform)
    records = {r.record: r.expr for r in found.groups[0].rules}
    assert {name for name in records if "ratio_rate" in name} == {
        f"slo:sli_error:ratio_rate{w}" for w in ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d")
    }
    assert '(sum(rate(orders_total{code=~"5.."}[6h]))) / (sum(rate(orders_total[6h])))' in records.values()
    (alert,) = found.alerts
    assert (alert.slo_id, alert.severity) == ("shop-orders", "page")
    assert "> (14.4 * 0.01)" in alert.expr


def test_derived_rules_ask_what_sloth_itself_generates(tmp_path: Path) -> None:
    text = example("out", "getting-started.yml").read_text()
    (tmp_path / "rules.yml").write_text(text)
    theirs = generated(rule_documents(tmp_path), timedelta(minutes=1))
    ours = derived(read(example("in", "getting-started.yml")).platform)

    def raw(rules: Rules) -> dict[str, str]:
        found = {r.record: r.expr for group in rules.groups for r in group.rules if "rate(" in r.expr}
        return {
            record: promql_parser.parse(expr).prettify().replace("\n", " ") for record, expr in found.items()
        }

    def limits(rules: Rules) -> list[list[tuple[str, str]]]:
        """Window and factor of each condition, by severity."""
        found = re.compile(r"ratio_rate(\w+)\{[^}]*\} > \(([\d.]+) \*")
        return [found.findall(a.expr) for a in sorted(rules.alerts, key=lambda a: a.severity)]

    assert raw(ours) == raw(theirs)
    assert len(raw(ours)) == 7
    assert limits(ours) == limits(theirs)
    assert limits(ours)[0] == [("5m", "14.4"), ("1h", "14.4"), ("30m", "6"), ("6h", "6")]


def test_what_is_wrong_is_said_in_one_line(
    slo_cli: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "shop.yml").write_text(SPEC)
    for arguments, message in (
        ((tmp_path,), "expected either --prometheus or --openmetrics"),
        ((tmp_path, "--prometheus", "http://127.0.0.1:9"), "no connection"),
        ((tmp_path / "none", "--prometheus", "x"), "no such file or folder"),
    ):
        done = slo_cli("migrate", "sloth", *arguments)
        assert done.returncode == 2
        assert message in done.stderr
