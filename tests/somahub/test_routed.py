"""``slo test`` holds the generated routes against the spec, with amtool."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from everyone import EVERY, platform
from paged import alert

from alerts.routing import expectations
from slo import Maintenance, Platform, load
from somahub import routed
from somahub.cli import main
from somahub.generate import routing, rule_files

ROOT = Path(__file__).parents[2]


def test_every_alert_of_the_platform_reaches_whom_the_spec_names(tools: Path) -> None:
    spec = load("somahub.spec")
    found = list(routed.routed(spec, str(tools / "amtool")))
    assert [one for one in found if not one.right] == []
    alerts = {name for one in found for name in one.wanted.alerts}
    rules = [
        (rule["alert"], rule["labels"]["slo_service"])
        for group in _groups(spec)
        for rule in group["rules"]
        if "alert" in rule
    ]
    assert alerts == {f"{name} of {service}" for name, service in rules}


def test_every_receiver_of_a_route_is_reached_by_some_alert(tools: Path) -> None:
    spec = platform("0.25", direct=("duty", "mail"), priorities={"P0": ("chat",), "P2": ("hook",)})
    shop = spec.services[0]
    shop = shop.model_copy(update={"alerts": (*shop.alerts, alert("Watchdog", "cause"))})
    work = Maintenance(
        name="work", reason="Racks", approver="vera", services=("shop",), start=datetime.now(UTC), length="1h"
    )
    spec = spec.model_copy(update={"services": (shop,), "maintenance": (work,)})
    assert "mute_time_intervals" in routing(spec)["alertmanager/alertmanager.yml"]
    found = list(routed.routed(spec, str(tools / "amtool")))
    assert all(one.right for one in found)
    assert {r for one in found for r in one.found} == {
        "pager",
        "heartbeat",
        "nobody",
        *(r.name for r in EVERY),
    }


def test_nobody_on_call_has_no_routes_to_ask_for() -> None:
    assert list(routed.routed(load(str(ROOT / "tests/golden/shop.py")), "/no/amtool")) == []


@pytest.fixture
def spec(tmp_path: Path) -> str:
    path = tmp_path / "spec.py"
    path.write_text("from everyone import platform as made\nplatform = made(tickets=('mail',))\n")
    return str(path)


def test_a_route_that_is_wrong_is_named_in_one_line(
    spec: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def swapped(spec: Platform) -> Mapping[str, str]:
        return {n: t.replace('severity="ticket"', 'severity="tickets"') for n, t in routing(spec).items()}

    monkeypatch.setattr(routed, "routing", swapped)
    # It is not about the rules: what stands for promtool finds them fine.
    assert main(["test", spec, "--promtool", "/bin/true"]) == 1
    wrong = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAIL")]
    tickets = [one for one in expectations(platform(tickets=("mail",))) if one.receivers == ("mail",)]
    assert len(wrong) == len(tickets) > 1
    assert "FAIL  BackupOld of shop: pager is told instead of mail" in wrong


def test_amtool_that_is_not_there_is_one_line(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", spec, "--amtool", "/no/amtool"]) == 2
    assert capsys.readouterr().err == "error: /no/amtool: No such file or directory\n"


def _groups(spec: Platform) -> list[dict[str, Any]]:
    return [g for text in rule_files(spec).values() for g in yaml.load(text, yaml.CSafeLoader)["groups"]]
