"""What an SLO alerts on, by the real promtool, beyond the default rows."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from alerts import rule_groups
from slo import SLO, Alerting, Platform, Ratio, Service, Uptime
from slo.burnrate import policy, threshold
from slo.rulefile import render

Run = Callable[[str, list[dict[str, Any]]], None]
BAD = 'orders_total{state="failed"}'
GOOD = 'orders_total{state="done"}'


def rules(objective: str = "99.9", window: str = "30d", **alerting: Any) -> str:  # noqa: ANN401
    slo = SLO(
        name="x",
        objective=Decimal(objective),
        window=window,
        sli=Ratio(total="orders_total", bad=BAD),
        alerting=Alerting(**alerting),
    )
    service = Service(name="shop", title="Shop", port=80, owner="web", slos=(slo,))
    platform = Platform(name="p", services=(service,))
    return render(rule_groups(platform, service, slo))


def case(series: dict[str, str], at: str, *firing: str) -> list[dict[str, Any]]:
    """Exactly these alerts, each as name or name/spent, fire."""
    found = 'count by (alertname, spent) (ALERTS{alertstate="firing"})'
    samples = []
    for name in firing:
        alert, _, spent = name.partition("/")
        labels = f'{{alertname="{alert}"' + (f',spent="{spent}"' if spent else "") + "}"
        samples.append({"labels": labels, "value": 1})
    check = {"expr": found, "eval_time": at, "exp_samples": samples}
    inputs = [{"series": name, "values": values} for name, values in series.items()]
    return [{"interval": "30s", "input_series": inputs, "promql_expr_test": [check]}]


@given(st.integers(1, 90))
def test_every_window_has_a_policy_that_can_be_met_and_missed(days: int) -> None:
    rows = policy(timedelta(days=days))
    assert {row.severity for row in rows} == {"page", "ticket"}
    for row in rows:
        assert row.factor >= 1
        assert row.short < row.long < timedelta(days=days)
    slo = SLO(name="x", objective=Decimal("99.9"), sli=Uptime(), window=f"{days}d")
    assert slo.policy == rows


def test_the_rows_for_30_days_are_those_of_the_workbook() -> None:
    assert [str(row.factor) for row in policy(timedelta(days=30))] == ["14.4", "6", "3", "1"]


@given(st.decimals(1, 3000, places=2), st.decimals(Decimal("1e-9"), Decimal("0.5"), places=9))
def test_a_threshold_can_always_be_crossed(factor: Decimal, budget: Decimal) -> None:
    assert budget <= threshold(factor, budget) < 1


OUTAGE = {GOOD: "0+30x240 7200x60", BAD: "0x240 0+30x60"}
QUIET = {GOOD: "0+1x240 240x60", BAD: "0x250 2x50"}


def test_two_failures_of_a_quiet_service_page_only_without_a_minimum(promtool_test: Run) -> None:
    promtool_test(rules(), case(QUIET, "126m", "ErrorBudgetBurnFast"))
    promtool_test(rules(min_failures=5), case(QUIET, "126m"))
    promtool_test(rules(min_events=1000), case(QUIET, "126m"))
    promtool_test(rules(min_events=1000, min_failures=5), case(OUTAGE, "122m", "ErrorBudgetBurnFast"))


def test_a_severity_that_is_off_has_no_alert(promtool_test: Run) -> None:
    promtool_test(
        rules(page=False, budget_spent=(), empty_within=None), case(OUTAGE, "129m", "ErrorBudgetBurnSlow")
    )
    promtool_test(
        rules(ticket=False, budget_spent=(), empty_within=None), case(OUTAGE, "129m", "ErrorBudgetBurnFast")
    )


def test_own_rows_replace_those_of_the_window(promtool_test: Run) -> None:
    rows = (("page", "5m", "30m", Decimal(50)),)
    text = rules(policy=rows, budget_spent=(), empty_within=None)
    assert "slo:sli_error:ratio_rate6h" not in text
    # 5 % of half an hour are 90 s.
    promtool_test(text, case(OUTAGE, "121m"))
    promtool_test(text, case(OUTAGE, "122m30s", "ErrorBudgetBurnFast"))


def test_hold_and_keep_firing_for_are_prometheus_own(promtool_test: Run) -> None:
    held = rules(hold="10m", keep_firing_for="1h", ticket=False, budget_spent=(), empty_within=None)
    alerts = [r for g in yaml.safe_load(held)["groups"] for r in g["rules"] if "alert" in r]
    assert (alerts[0]["for"], alerts[0]["keep_firing_for"]) == ("10m", "1h")
    promtool_test(held, case(OUTAGE, "128m"))
    promtool_test(held, case(OUTAGE, "133m", "ErrorBudgetBurnFast"))


def test_a_spent_share_is_one_ticket_at_a_time_and_an_empty_budget_is_not_forecast(
    promtool_test: Run,
) -> None:
    # The budget of a day at 99 % is 14.4 minutes; the period is summed every 5.
    text = rules("99", "1d", page=False, ticket=False)
    promtool_test(text, case(OUTAGE, "132m", "ErrorBudgetSpent/50", "ErrorBudgetEmptySoon"))
    promtool_test(text, case(OUTAGE, "145m", "ErrorBudgetSpent/100"))


@pytest.mark.parametrize(
    ("alerting", "message"),
    [
        ({"policy": [("page", "5m", "5m", 2)]}, "short below the long"),
        ({"policy": [("page", "7m", "1h", 2)]}, "whole 5 minutes"),
        ({"policy": [("page", "5m", "1h", "0.5")]}, "1 or more"),
        ({"policy": [("page", "5m", "30d", 2)]}, "shorter than the SLO's own"),
        ({"policy": [("call", "5m", "1h", 2)]}, "'page' or 'ticket'"),
        ({"budget_spent": (75, 50)}, "rising"),
        ({"min_events": -1}, "greater than or equal to 0"),
        ({"pages": True}, "Extra inputs"),
    ],
)
def test_a_bad_policy_is_an_error_with_its_reason(alerting: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SLO.model_validate({"name": "x", "objective": "99", "sli": Uptime(), "alerting": alerting})
