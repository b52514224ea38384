"""Burn alerts that only remember an outage, by promtool."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from alerts import own_group, rule_groups
from slo import (
    SLO,
    Alert,
    Dependency,
    Email,
    Escalation,
    HttpAvailability,
    OnCall,
    Person,
    Platform,
    Proof,
    Rotation,
    Runbook,
    Service,
    Step,
    Team,
)
from slo.rulefile import render

ON_CALL = OnCall(
    people=(Person(name="ada", receivers=("mail",)),),
    rotations=(Rotation(name="first", people=("ada",), start=date(2026, 1, 5)),),
    escalations=(Escalation(name="web", steps=(Step(title="On call", notify=("first",)),)),),
    receivers=(Email(name="mail", to="web@example.com"),),
    teams=(Team(name="web", escalation="web", tickets=("mail",)),),
)
DOWN = Alert(
    name="DependencyDown",
    expr="redis_up == 0",
    keep="5m",
    severity="page",
    priority="P0",
    signal="down",
    summary="Redis is down",
    description="It does not answer.",
    runbook=Runbook(meaning="It is down.", impact="No sessions.", steps=("Look.",)),
    proofs=(Proof(title="both", series={"redis_up": "0x9"}, fires=("5m",), silent=("1s",)),),
)
SHOP = Service(
    name="shop",
    port=8080,
    owner="web",
    needs=("redis",),
    slos=(SLO(name="availability", objective="99.9", sli=HttpAvailability()),),
)
REDIS = Dependency(name="redis", owner="web", alerts=(DOWN,))
# Of half minutes: an hour of health, six minutes without Redis, twenty of health, and a failure of the shop's own.
GOOD = "0+300x120 36000+0x12 36000+300x40 48000+0x20"
BAD = "0+0x120 0+300x12 3600+0x40 3600+300x20"


def spec(**more: Any) -> Platform:  # noqa: ANN401 - fields of a platform
    return Platform(name="p", services=(SHOP, REDIS), oncall=ON_CALL, **more)


def firing(alert: str, at: str, times: int) -> dict[str, Any]:
    return {
        "expr": f'count(ALERTS{{alertname="{alert}",alertstate="firing"}}) or vector(0)',
        "eval_time": at,
        "exp_samples": [{"labels": "{}", "value": times}],
    }


def test_an_outage_that_is_over_is_known_to_be_until_the_service_fails_by_itself(
    promtool_test: Callable[[str, list[dict[str, Any]]], None],
) -> None:
    platform = spec()
    rules = render([*rule_groups(platform, SHOP, SHOP.slos[0]), own_group(platform, REDIS)])
    metric = 'http_server_requests_total{job="shop",code_class='
    promtool_test(
        rules,
        [
            {
                "interval": "30s",
                "input_series": [
                    {"series": f'{metric}"2xx"}}', "values": GOOD},
                    {"series": f'{metric}"5xx"}}', "values": BAD},
                    {"series": 'up{job="shop"}', "values": "1x200"},
                    {"series": "redis_up", "values": "1x120 0x12 1x70"},
                ],
                "promql_expr_test": [
                    firing("OutageOver", "55m", 0),
                    firing("DependencyDown", "65m", 1),
                    firing("OutageOver", "65m", 0),
                    # The alert on the outage has ended, the windows of the burn alert remember it.
                    firing("DependencyDown", "78m", 0),
                    firing("ErrorBudgetBurnFast", "78m", 1),
                    firing("OutageOver", "78m", 1),
                    # It fails again, and what explains that is not told yet.
                    firing("OutageOver", "88m30s", 1),
                    # Failures that no outage explains are no memory.
                    firing("ErrorBudgetBurnFast", "94m", 1),
                    firing("OutageOver", "94m", 0),
                ],
            }
        ],
    )


@pytest.mark.parametrize(
    "platform",
    [
        spec().model_copy(update={"oncall": None}),
        Platform(name="p", services=(SHOP.model_copy(update={"needs": ()}),), oncall=ON_CALL),
    ],
)
def test_without_routes_or_outages_that_are_told_there_is_no_such_rule(platform: Platform) -> None:
    (shop, *_) = platform.services
    assert "OutageOver" not in render(rule_groups(platform, shop, shop.slos[0]))
