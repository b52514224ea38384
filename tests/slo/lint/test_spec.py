"""What lint finds in specs, and what it leaves alone."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from slo import (
    SLO,
    Alerting,
    Counter,
    ErrorRatio,
    Freshness,
    Histogram,
    HttpAvailability,
    HttpLatency,
    Latency,
    Platform,
    Ratio,
    Service,
    TimeSlices,
    Uptime,
    load,
)
from slo.alerting import Notice
from slo.lint import Source, lint

Fields = dict[str, Any]
ORDERS = Counter(name="orders_total", help="Orders.", labels={"state": ("done", "failed"), "shop": ()})
DURATION = Histogram(name="order_seconds", help="Time of an order.", buckets=(0.1, 0.5, 2))
FAILED = 'orders_total{state="failed"}'


def platform(  # noqa: PLR0913 - of each part, what a case changes
    objective: str = "99.9",
    sli: object = None,
    slo: Fields | None = None,
    service: Fields | None = None,
    *,
    retention: str = "90d",
    scrape_interval: str = "15s",
) -> Platform:
    one = SLO(name="x", objective=objective, sli=sli or Uptime(), **(slo or {}))
    own = {"name": "shop", "owner": "web", "slos": (one,), "metrics": (ORDERS, DURATION)} | (service or {})
    return Platform(
        name="p", services=(Service(**own),), retention=retention, scrape_interval=scrape_interval
    )


def ratio(total: str, **part: str) -> Platform:
    return platform(sli=Ratio(total=total, **part))


def rows(*policy: tuple[str, str, str, float]) -> Fields:
    return {"alerting": Alerting(policy=policy)}


SILENT = {"alerting": Alerting(page=False, ticket=False, budget_spent=(), empty_within=None)}
GRADED = [
    (platform(), set()),
    (platform(retention="200h"), {"retention"}),
    (platform(retention="2d"), {"retention", "alert-retention"}),
    (platform(scrape_interval="2m"), {"scrape-interval"}),
    (platform("99.9999"), {"one-failure"}),
    (platform("99.99", Freshness(timestamp="t", within="1h"), service={"metrics": ()}), {"one-failure"}),
    (
        platform("99.99", ErrorRatio(query="avg_over_time(x[{{.window}}])"), service={"metrics": ()}),
        {"one-failure"},
    ),
    (platform("99.95", Freshness(timestamp="t", within="1h"), service={"metrics": ()}), set()),
    (platform("90"), {"unreachable", "slow-page"}),
    (platform("90", slo={"alerting": Alerting(page=False)}), {"unreachable"}),
    (platform("50", slo={"alerting": Alerting(page=False)}), {"unreachable", "slow-ticket"}),
    (platform("95"), {"slow-page"}),
    (platform("95", slo=rows(("page", "5m", "1h", 2))), set()),
    (platform(slo={"alerting": Alerting(hold="20m")}), {"slow-page"}),
    (platform(slo=rows(("page", "5m", "6h", 2), ("ticket", "5m", "1h", 3))), {"row-order"}),
    (platform(slo=SILENT), {"no-alert"}),
    (platform(slo=SILENT, service={"tier": 1}), {"no-alert", "no-page"}),
    (platform(service={"tier": 1}), set()),
    (platform(service={"owner": "unowned"}), {"unowned"}),
    (
        platform(slo={"alerting": Alerting(page=Notice(name="Burn"), ticket=Notice(name="Burn"))}),
        {"severities"},
    ),
]
READ = [
    (ratio("orders_total", bad=FAILED), set()),
    (ratio("orders_total", bad="failed_total"), {"undeclared", "other-metric"}),
    (ratio('orders_total{shop="a"}', bad=FAILED), {"not-a-part"}),
    (ratio('orders_total{shop="a"}', bad='orders_total{shop="b",state="failed"}'), {"not-a-part"}),
    (ratio('orders_total{state="done"}', bad=FAILED), {"not-a-part"}),
    (ratio('orders_total{state!="failed"}', bad=FAILED), {"not-a-part"}),
    (ratio('orders_total{shop="a"}', good='orders_total{shop="a",state="done"}'), set()),
    (ratio('orders_total{shop=~"a|b"}', good='orders_total{shop="a",state="done"}'), set()),
    (ratio('orders_total{shop=~"a|b"}', good='orders_total{shop=~"a|c",state="done"}'), {"not-a-part"}),
    (ratio('orders_total{shop=~"4.."}', good='orders_total{shop=~"[45]..",state="done"}'), {"not-a-part"}),
    (ratio('orders_total{shop=~".*"}', bad=FAILED), set()),
    (ratio('orders_total{shop!=""}', bad=FAILED), {"not-a-part"}),
    (ratio("sum(rate(orders_total[{{.window}}]))", bad=f"sum(rate({FAILED}[{{{{.window}}}}]))"), set()),
    (ratio("sum(rate(orders_total[{{.window}}])) or vector(0)", bad=FAILED), {"no-data"}),
    (ratio("order_seconds_count", good='order_seconds_bucket{le="0.5"}'), set()),
    (ratio("order_seconds_count", good='order_seconds_bucket{le="0.4"}'), {"bucket"}),
    (ratio("orders_total", bad='orders_total{stat="failed"}'), {"undeclared-label"}),
    (ratio("orders_total", bad='orders_total{state="faild"}'), {"undeclared-label"}),
    (platform(sli=Latency(histogram="order_seconds", below="2s")), set()),
    (platform(sli=Latency(histogram="order_seconds", below="1s")), {"bucket"}),
    (platform(sli=TimeSlices(bad_when="(avg(order_seconds_sum) or vector(0)) > 5")), {"no-data"}),
    (platform(sli=HttpAvailability(), slo={"group_by": ("route",)}), set()),
    (platform("99", sli=HttpLatency(below="1s"), slo={"group_by": ("route",)}), {"group-label"}),
    (platform(sli=Ratio(total="orders_total", bad=FAILED), slo={"group_by": ("shop",)}), set()),
    (platform(sli=Ratio(total="orders_total", bad=FAILED), slo={"group_by": ("region",)}), {"group-label"}),
    (platform(sli=HttpAvailability(), slo={"group_by": ("user_id",)}), {"group-label", "unbounded-label"}),
    (
        platform(service={"metrics": (Counter(name="a_total", help="A.", labels={"email": ()}),)}),
        {"unbounded-label"},
    ),
    (
        platform(service={"metrics": (Counter(name="a_total", help="A.", labels={"path": ("/", "/a")}),)}),
        set(),
    ),
    (
        platform(
            sli=ErrorRatio(query=f"rate({FAILED}[{{{{.window}}}}]) / rate(orders_total[{{{{.window}}}}])")
        ),
        {"ratio-by-series"},
    ),
]


@pytest.mark.parametrize(("spec", "checks"), [*GRADED, *READ])
def test_a_spec_is_told_what_misleads(spec: Platform, checks: set[str]) -> None:
    assert {finding.check for finding in lint(spec)} == checks


def test_a_request_slo_with_too_small_a_minimum_is_told_at_what_traffic_one_failure_pages() -> None:
    def said(**alerting: int) -> list[str]:
        found = lint(platform(sli=HttpAvailability(), slo={"alerting": Alerting(**alerting)}))
        return [one.message for one in found if one.check == "few-events"]

    # 1 of 69 requests in an hour is above 14.4 times 0.001; of 6 hours, 1 of 166 is above 6 times 0.001.
    assert said() == []
    (message,) = said(min_events=10)
    assert message.startswith("below 69 requests an hour a single failure pages; raise min_events to 167")
    assert said(min_events=100)[0].startswith("below 28 requests an hour")
    assert said(min_events=167) == said(min_failures=2) == []


def test_the_share_of_a_budget_that_one_failure_may_cost_is_configurable() -> None:
    spec = platform("99.99")
    assert lint(spec) == []
    (found,) = lint(spec, share=Decimal("0.05"))
    assert (found.check, found.message.split(";")[0]) == (
        "one-failure",
        "one failed scrape is 15s and costs 6% of the budget",
    )


def test_a_finding_has_the_line_of_a_name_that_comes_once_in_the_file() -> None:
    text = 'a = Service(\n  name="shop",\n  slos=[SLO(name="x")])\n'
    assert [one.line for one in lint(platform("95"), Source("s.py", text))] == [3]
    assert [
        one.line for one in lint(platform("95"), Source("s.yaml", "slos:\n  - name: x\n  - name: xy\n"))
    ] == [2]
    assert [one.line for one in lint(platform("95"), Source("s.py", text + text))] == [None]


def test_the_default_spec_has_a_history_for_what_prometheus_does_not_keep() -> None:
    spec = load("somahub.spec")
    assert {finding.check for finding in lint(spec)} == {"slow-page"}
    without = tuple(one for one in spec.services if one.name != "history")
    checks = {finding.check for finding in lint(spec.model_copy(update={"services": without}))}
    assert checks == {"retention", "slow-page"}


def test_ids_that_two_files_use_are_one_clear_error(tmp_path: Path, slo_cli: Any) -> None:  # noqa: ANN401
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text(SLOTH)
    result = slo_cli("lint", tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert "SLO id used twice: shop-orders" in result.stderr
    assert result.stderr.count("\n") == 1


SLOTH = """\
version: prometheus/v1
service: shop
slos:
  - name: orders
    objective: 99.9
    sli: {events: {error_query: 'sum(rate(a_total{s="x"}[{{.window}}]))', total_query: 'sum(rate(a_total[{{.window}}]))'}}
    alerting: {name: Orders}
"""
