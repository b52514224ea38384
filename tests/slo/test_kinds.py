"""Every kind of SLI on series with a known answer, by the real promtool."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from alerts import rule_groups
from slo import (
    SLO,
    Composite,
    ErrorRatio,
    Freshness,
    HttpAvailability,
    Latency,
    Platform,
    Ratio,
    Service,
    TimeSlices,
    Uptime,
)
from slo.rulefile import render

Run = Callable[[str, list[dict[str, Any]]], None]
HOUR = "slo:sli_error:ratio_rate1h"


def rules(*slos: SLO) -> str:
    service = Service(name="shop", title="Shop", port=80, owner="web", slos=slos)
    platform = Platform(name="p", services=(service,))
    return render(group for slo in slos for group in rule_groups(platform, service, slo))


def one(sli: Any, **more: Any) -> SLO:  # noqa: ANN401
    return SLO(name="x", objective=Decimal("99.9"), sli=sli, **more)


def check(at: str, expr: str, *samples: tuple[str, float]) -> dict[str, Any]:
    return {
        "expr": expr,
        "eval_time": at,
        "exp_samples": [{"labels": labels, "value": value} for labels, value in samples],
    }


def case(series: dict[str, str], *checks: dict[str, Any]) -> list[dict[str, Any]]:
    inputs = [{"series": name, "values": values} for name, values in series.items()]
    return [{"interval": "30s", "input_series": inputs, "promql_expr_test": list(checks)}]


def rounded(record: str) -> str:
    """A record of the SLO x by itself, without its ids."""
    return f'sum(round({record}{{slo_id="shop-x"}}, 0.0001))'


def test_good_of_total_is_all_bad_before_the_first_good_event(promtool_test: Run) -> None:
    ratio = Ratio(total="orders_total", good='orders_total{state="done"}')
    series = {'orders_total{state="failed"}': "0+30x200"}
    promtool_test(rules(one(ratio)), case(series, check("90m", rounded(HOUR), ("{}", 1))))


def test_a_query_of_a_rate_is_an_event_sli(promtool_test: Run) -> None:
    ratio = Ratio(
        total="sum(rate(orders_total[{{.window}}]))",
        bad='sum(rate(orders_total{state="failed"}[{{.window}}]))',
    )
    series = {'orders_total{state="failed"}': "0+3x200", 'orders_total{state="done"}': "0+27x200"}
    promtool_test(rules(one(ratio)), case(series, check("90m", rounded(HOUR), ("{}", 0.1))))


def test_an_error_ratio_of_nothing_by_nothing_is_unknown(promtool_test: Run) -> None:
    ratio = ErrorRatio(query="sum(rate(failed_total[{{.window}}])) / sum(rate(done_total[{{.window}}]))")
    series = {"failed_total": "0+3x100 300x100", "done_total": "0+30x100 3000x100"}
    promtool_test(
        rules(one(ratio)),
        case(
            series,
            check("45m", rounded("slo:sli_error:ratio_rate5m"), ("{}", 0.1)),
            check("70m", rounded("slo:sli_error:ratio_rate5m")),
            check("70m", rounded("slo:sli_error:ratio_rate30d"), ("{}", 0.1)),
        ),
    )


@pytest.mark.parametrize("le", ["1", "1.0"])
def test_any_classic_histogram_with_either_spelling_of_its_edge(promtool_test: Run, le: str) -> None:
    latency = Latency(histogram='rpc_seconds{rpc="get"}', below="1s")
    series = {
        'rpc_seconds_count{rpc="get"}': "0+30x200",
        f'rpc_seconds_bucket{{rpc="get",le="{le}"}}': "0+24x200",
        'rpc_seconds_count{rpc="put"}': "0+30x200",
    }
    promtool_test(rules(one(latency)), case(series, check("90m", rounded(HOUR), ("{}", 0.2))))


def test_a_minute_is_bad_when_the_condition_holds_at_its_end(promtool_test: Run) -> None:
    slices = TimeSlices(bad_when="queue_length > 100")
    # At the ends of the minutes 120 to 126: 7 of 60.
    series = {"queue_length": "1x239 500x12 1x40"}
    promtool_test(
        rules(one(slices)),
        case(
            series,
            check("119m", rounded(HOUR), ("{}", 0)),
            check("135m", rounded(HOUR), ("{}", 0.1167)),
            check("160m", rounded("slo:sli_error:ratio_rate5m")),
        ),
    )


def test_a_condition_that_no_comparison_makes_needs_what_is_known() -> None:
    with pytest.raises(ValueError, match="expected a comparison"):
        TimeSlices(bad_when="a > 1 or b > 1")
    assert TimeSlices(bad_when="a > 1 or b > 1", known="a").known == "a"


def test_a_backup_that_is_too_old_is_bad_time(promtool_test: Run) -> None:
    fresh = Freshness(timestamp="backup_timestamp_seconds", within="1h")
    # The backup is from second 0, so every minute after 1 h is bad: 30 of the last 60 at 1 h 30.
    series = {"backup_timestamp_seconds": "0x300"}
    promtool_test(
        rules(one(fresh)),
        case(
            series,
            check("59m", rounded(HOUR), ("{}", 0)),
            check("90m", rounded(HOUR), ("{}", 0.5)),
        ),
    )


GROUPED = one(HttpAvailability(), group_by=("region",))


def requests(region: str, code: str) -> str:
    return f'http_server_requests_total{{job="shop",region="{region}",code_class="{code}"}}'


def test_groups_are_apart_in_records_and_alerts_and_together_in_the_aggregate(promtool_test: Run) -> None:
    series = {
        requests("eu", "2xx"): "0+300x240 72000x20",
        requests("eu", "5xx"): "0x240 0+300x20",
        requests("us", "2xx"): "0+900x300",
    }
    five = "slo:sli_error:ratio_rate5m"
    promtool_test(
        rules(GROUPED),
        case(
            series,
            check(
                "128m",
                f'sum by (region) ({five}{{slo_id="shop-x"}})',
                ('{region="eu"}', 1),
                ('{region="us"}', 0),
            ),
            check("128m", f'sum({five}{{slo_id="shop-x-all"}})', ("{}", 0.25)),
            check(
                "128m",
                'count by (region, slo_id) (ALERTS{alertstate="firing",severity="page"})',
                ('{region="eu",slo_id="shop-x"}', 1),
            ),
        ),
    )


def test_a_group_that_vanishes_in_mid_outage_keeps_its_page_for_a_while(promtool_test: Run) -> None:
    series = {
        requests("eu", "2xx"): "0+300x240 72000x10 _x100",
        requests("eu", "5xx"): "0x240 0+300x10 _x100",
        requests("us", "2xx"): "0+300x400",
    }
    page = 'count by (region) (ALERTS{alertstate="firing",severity="page"})'
    promtool_test(
        rules(GROUPED), case(series, *(check(f"{m}m", page, ('{region="eu"}', 1)) for m in (126, 132, 138)))
    )


def test_the_page_of_a_group_tells_its_own_budget(promtool_test: Run) -> None:
    series = {
        requests("eu", "2xx"): "0+300x240 72000x180",
        requests("eu", "5xx"): "0x240 300+300x179",
        requests("us", "2xx"): "0+900x200 180600+600x219",
        requests("us", "5xx"): "0x200 300+300x219",
    }
    links = {
        "runbook_url": "https://docs.example.com/slo/runbooks/ErrorBudgetBurnFast.md",
        "dashboard_url": "http://127.0.0.1:10011/d/service-shop",
        "summary": "Shop: the error budget of x burns too fast",
    }
    ids = {
        "slo_id": "shop-x",
        "slo_service": "shop",
        "slo_name": "x",
        "severity": "page",
        "priority": "P1",
        "signal": "symptom",
        "team": "web",
        "tier": "2",
    }

    def page(region: str, failing: str, left: str, empty: str, *figures: str) -> dict[str, Any]:
        description = (
            f"{failing} of requests fail now; the objective of 99 % over 30d allows 1 %. "
            f"Budget left: {left}. At the last hour's rate it is empty in {empty}."
        )
        return {
            "exp_labels": ids | {"region": region},
            "exp_annotations": links
            | {"description": description, "objective": "99", "window": "30d", "unit": "requests"}
            | dict(zip(("error_ratio", "budget_left", "budget_empty_in"), figures, strict=True)),
        }

    expected = [
        page("eu", "100%", "81.02%", "5h 50m 0s", "1", "0.8102", "2.1e+04"),
        page("us", "33.33%", "92.09%", "19h 53m 30s", "0.3333", "0.9209", "7.161e+04"),
    ]
    # An hour into the outage.
    tests = case(series)
    tests[0]["alert_rule_test"] = [
        {"eval_time": "204m", "alertname": "ErrorBudgetBurnFast", "exp_alerts": expected}
    ]
    promtool_test(
        rules(one(HttpAvailability(), group_by=("region",)).model_copy(update={"objective": Decimal(99)})),
        tests,
    )


PARTS = (
    SLO(name="a", objective=Decimal(99), sli=Ratio(total="a_total", bad="a_bad_total")),
    SLO(name="b", objective=Decimal(99), sli=Ratio(total="b_total", bad="b_bad_total")),
)


@pytest.mark.parametrize(
    ("mode", "expected"), [("weighted", 0.175), ("worst-of", 0.2), ("all-of", 1 - 0.9 * 0.8)]
)
def test_a_composite_is_its_parts_made_one(promtool_test: Run, mode: str, expected: float) -> None:
    journey = one(Composite.model_validate({"mode": mode, "of": {"shop-a": 1, "shop-b": 3}}))
    series = {
        "a_total": "0+30x200",
        "a_bad_total": "0+3x200",
        "b_total": "0+3000x200",
        "b_bad_total": "0+600x200",
    }
    promtool_test(
        rules(*PARTS, journey), case(series, check("95m", rounded(HOUR), ("{}", round(expected, 4))))
    )


def test_an_idle_part_of_a_composite_is_good(promtool_test: Run) -> None:
    journey = one(Composite.model_validate({"mode": "worst-of", "of": {"shop-a": 1, "shop-b": 3}}))
    series = {"a_total": "0+30x200", "a_bad_total": "0+3x200", "b_total": "0x200"}
    promtool_test(rules(*PARTS, journey), case(series, check("95m", rounded(HOUR), ("{}", 0.1))))


def test_a_composite_of_nothing_known_or_of_a_composite_is_an_error() -> None:
    for part in ("shop-z", "shop-x"):
        journey = one(Composite.model_validate({"mode": "all-of", "of": {part: 1}}))
        service = Service(name="shop", title="Shop", port=80, owner="web", slos=(journey,))
        with pytest.raises(ValueError, match=f"shop-x: composite of '{part}'"):
            Platform(name="p", services=(service,))


def test_a_group_label_that_is_taken_is_an_error() -> None:
    for label in ("slo_id", "__name__"):
        with pytest.raises(ValueError, match="are taken"):
            one(Uptime(), group_by=(label,))
