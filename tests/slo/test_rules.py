"""The traps of SLO rules, each run by the real promtool against one SLO of 99.9 %."""

import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from alerts import rule_groups
from slo import SLO, HttpAvailability, HttpLatency, Platform, Service, Uptime
from slo.rulefile import render
from slo.rules import recording_groups
from slo.sli import SLI

Run = Callable[[str, list[dict[str, Any]]], None]

REQUESTS = 'http_server_requests_total{job="shop",route="/",code_class="%s"}'
LABELS = '{slo_id="shop-x", slo_name="x", slo_service="shop"}'


def rules(sli: SLI, objective: str = "99.9") -> str:
    slo = SLO(name="x", objective=Decimal(objective), sli=sli)
    service = Service(name="shop", title="Shop", port=80, owner="web", slos=(slo,))
    platform = Platform(name="p", services=(service,))
    groups = rule_groups(platform, service, slo)
    return render(groups)


def series(name: str, values: str) -> dict[str, str]:
    return {"series": name, "values": values}


def firing(alert: str, at: str, *, fires: bool) -> dict[str, Any]:
    """Count alerts rather than spell out their annotations."""
    return {
        "expr": f'count(ALERTS{{alertname="{alert}",alertstate="firing"}}) or vector(0)',
        "eval_time": at,
        "exp_samples": [{"labels": "{}", "value": int(fires)}],
    }


def value(record: str, at: str, expected: float | None) -> dict[str, Any]:
    samples = [] if expected is None else [{"labels": f"{record}{LABELS}", "value": expected}]
    return {"expr": record, "eval_time": at, "exp_samples": samples}


def near(record: str, at: str, low: float, high: float) -> dict[str, Any]:
    return {
        "expr": f"count({record} > {low} < {high})",
        "eval_time": at,
        "exp_samples": [{"labels": "{}", "value": 1}],
    }


def case(inputs: list[dict[str, str]], checks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"interval": "30s", "input_series": inputs, "promql_expr_test": checks}]


def test_a_total_outage_pages_and_the_fast_alert_resolves_after_it(promtool_test: Run) -> None:
    inputs = [
        series(REQUESTS % "2xx", "0+300x240 72000x20 72000+300x400"),
        series(REQUESTS % "5xx", "0x240 0+300x20 6000x400"),
    ]
    checks = [
        firing("ErrorBudgetBurnFast", "120m", fires=False),
        firing("ErrorBudgetBurnFast", "122m", fires=True),
        firing("ErrorBudgetBurnSlow", "129m", fires=True),
        firing("ErrorBudgetBurnFast", "200m", fires=False),
    ]
    promtool_test(rules(HttpAvailability()), case(inputs, checks))


def test_no_error_series_yet_means_no_errors(promtool_test: Run) -> None:
    inputs = [series(REQUESTS % "2xx", "0+300x200")]
    checks = [
        value("slo:sli_error:ratio_rate5m", "60m", 0),
        value("slo:sli_error:ratio_rate1h", "60m", 0),
        value("slo:period_error_budget_remaining:ratio", "60m", 1),
    ]
    promtool_test(rules(HttpAvailability()), case(inputs, checks))


def test_idle_hours_give_no_sample_and_never_nan(promtool_test: Run) -> None:
    inputs = [
        series(REQUESTS % "2xx", "0+300x120 36000x360"),
        series(REQUESTS % "5xx", "0x480"),
    ]
    checks = [
        value("slo:sli_error:ratio_rate5m", "3h", None),
        value("slo:sli_error:ratio_rate30d", "3h", 0),
        firing("ErrorBudgetBurnFast", "3h", fires=False),
    ]
    promtool_test(rules(HttpAvailability()), case(inputs, checks))


def test_a_quiet_failing_hour_weighs_as_little_as_its_requests(promtool_test: Run) -> None:
    # 5 h at 30,000 a minute without errors, then 1 h at 60 a minute that all fail: 3,600 of 9,003,600.
    inputs = [
        series(REQUESTS % "2xx", "0+15000x600 9000000x120"),
        series(REQUESTS % "5xx", "0x600 0+30x120"),
    ]
    exact = 3600 / 9_003_600
    checks = [near("slo:sli_error:ratio_rate6h", "360m", exact * 0.9, exact * 1.02)]
    promtool_test(rules(HttpAvailability()), case(inputs, checks))


def test_a_new_slo_does_not_take_a_bad_minute_for_a_bad_hour(promtool_test: Run) -> None:
    # One minute of 20 % errors, six minutes after birth: raw windows over a full hour would see 0.3 %.
    inputs = [
        series(REQUESTS % "2xx", "0+300x12 3600+240x2 4080+300x60"),
        series(REQUESTS % "5xx", "0x12 0+60x2 120x60"),
    ]
    checks = [firing("ErrorBudgetBurnFast", f"{m}m", fires=False) for m in (6, 7, 8, 10, 15)]
    promtool_test(rules(HttpAvailability()), case(inputs, checks))


def test_an_outage_that_stops_the_traffic_does_not_end_its_own_page(promtool_test: Run) -> None:
    inputs = [
        series(REQUESTS % "2xx", "0+300x240 72000x10 _x60"),
        series(REQUESTS % "5xx", "0x240 0+300x10 _x60"),
    ]
    checks = [firing("ErrorBudgetBurnFast", f"{m}m", fires=True) for m in (125, 130, 135, 139)]
    promtool_test(rules(HttpAvailability()), case(inputs, checks))


def test_a_dead_target_pages_on_uptime(promtool_test: Run) -> None:
    inputs = [series('up{job="shop"}', "1x240 0x20")]
    checks = [
        firing("ErrorBudgetBurnFast", "120m", fires=False),
        firing("ErrorBudgetBurnFast", "122m", fires=True),
    ]
    promtool_test(rules(Uptime()), case(inputs, checks))


def test_a_target_gone_from_discovery_pages(promtool_test: Run) -> None:
    inputs = [series('up{job="shop"}', "1x60 _x60")]
    checks = [
        firing("SLOTargetMissing", "30m", fires=False),
        firing("SLOTargetMissing", "40m", fires=True),
    ]
    promtool_test(rules(Uptime()), case(inputs, checks))


def test_a_latency_slo_without_its_bucket_is_a_ticket_and_neither_good_nor_bad(promtool_test: Run) -> None:
    inputs = [
        series('up{job="shop"}', "1x200"),
        series('http_server_request_duration_seconds_count{job="shop"}', "0+300x200"),
        series('http_server_request_duration_seconds_bucket{job="shop",le="0.1"}', "0+300x200"),
    ]
    checks = [
        value("slo:sli_error:ratio_rate5m", "60m", None),
        firing("SLODataMissing", "60m", fires=True),
    ]
    promtool_test(rules(HttpLatency.model_validate({"below": "200ms"}), "95"), case(inputs, checks))


def test_slow_requests_are_bad(promtool_test: Run) -> None:
    inputs = [
        series('http_server_request_duration_seconds_count{job="shop"}', "0+300x200"),
        series('http_server_request_duration_seconds_bucket{job="shop",le="0.2"}', "0+270x200"),
    ]
    checks = [near("slo:sli_error:ratio_rate5m", "60m", 0.0999, 0.1001)]
    promtool_test(rules(HttpLatency.model_validate({"below": "200ms"}), "95"), case(inputs, checks))


@pytest.mark.parametrize("objective", ["50", "90", "95", "99.9", "99.999", "99.999999999"])
def test_generated_numbers_are_exact_and_promtool_accepts_them(
    tools: Path, tmp_path: Path, objective: str
) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(rules(HttpAvailability(), objective))
    assert "99999999" not in path.read_text() or objective == "99.999999999"
    subprocess.run([tools / "promtool", "check", "rules", path], check=True, capture_output=True)


def test_an_edit_of_owner_tier_title_or_labels_changes_no_series_but_the_info() -> None:
    slo = SLO(name="x", objective="99.9", sli=HttpAvailability())
    before = Service(name="shop", slos=(slo,))
    after = Service(
        name="shop",
        title="The shop",
        owner="web",
        tier=1,
        labels={"area": "eu"},
        slos=(slo.model_copy(update={"description": "Answers.", "labels": {"journey": "buy"}}),),
    )
    kept = []
    for service in (before, after):
        groups = recording_groups(Platform(name="p", services=(service,)), service, service.slos[0])
        kept.append([rule for group in groups for rule in group.rules if rule.record != "slo_info"])
    assert kept[0] == kept[1]
    assert {key for rule in kept[0] for key in rule.labels} == {"slo_id", "slo_service", "slo_name"}


def test_windows_of_days_outlast_series_that_vanished_hours_ago(promtool_test: Run) -> None:
    # An hour of 1 % errors, and then nothing for 9 hours: of the day, that hour is what is known.
    inputs = [series(REQUESTS % "2xx", "0+297x120 _x1080"), series(REQUESTS % "5xx", "0+3x120 _x1080")]
    checks = [
        value("slo:sli_error:ratio_rate6h", "10h", None),
        near("slo:sli_error:ratio_rate1d", "10h", 0.01 * 10 / 24 * 0.99, 0.01 * 10 / 24 * 1.01),
    ]
    promtool_test(rules(HttpAvailability()), case(inputs, checks))
