"""What the pager sees by looking at a real Alertmanager."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from paged import Alertmanager as Running
from paged import alertmanager
from paging import Clock, paging

from alerts.paging.alertmanager import Alertmanager
from alerts.paging.incident import Status
from alerts.paging.ingest import arrivals
from alerts.paging.models import Webhook
from alerts.paging.pager import Pager
from alerts.paging.store import Incidents

CONFIG = """
route: {receiver: nobody}
receivers: [{name: nobody}]
inhibit_rules:
  - {source_matchers: [alertname="DependencyDown"], target_matchers: [signal="symptom"]}
"""
USUAL = {"team": "platform", "severity": "page"}
DOWN = {"alertname": "DependencyDown", "slo_service": "redis", "signal": "down", **USUAL}
SYMPTOM = {"alertname": "Burn", "slo_service": "gateway", "signal": "symptom", **USUAL}


@pytest.fixture
def running(tools: Path, tmp_path: Path) -> Iterator[Running]:
    with alertmanager(tools, tmp_path, {"alertmanager/alertmanager.yml": CONFIG}) as found:
        yield found


def tell(pager: Pager, running: Running, name: str) -> str:
    """Tell the pager of an alert as Alertmanager would; its fingerprint."""
    listed = httpx.get(f"{running.url}/api/v2/alerts").json()
    (one,) = (alert for alert in listed if alert["labels"]["alertname"] == name)
    body: dict[str, Any] = {**one, "status": "firing"}
    pager.receive(arrivals(Webhook.model_validate({"version": "4", "alerts": [body]}), pager.clock()))
    return str(one["fingerprint"])


def shown(pager: Pager) -> list[tuple[Status, list[tuple[str, bool, bool]]]]:
    with pager.database.read() as connection:
        found = Incidents(connection).find(tuple(Status), limit=10)
    return [
        (one.status, [(a.labels["alertname"], a.attached, a.ended is None) for a in one.alerts])
        for one in found
    ]


def test_a_symptom_is_attached_while_it_is_inhibited(running: Running, tmp_path: Path) -> None:
    with paging(tmp_path, Clock(datetime.now(UTC))) as pager:
        running.fire(DOWN, SYMPTOM)
        tell(pager, running, "DependencyDown")
        look = Alertmanager(pager, running.url).look
        look()
        down, burn = ("DependencyDown", False, True), ("Burn", True, True)
        assert shown(pager) == [(Status.TRIGGERED, [down, burn])]
        running.fire(SYMPTOM, ended=True)
        look()
        assert shown(pager) == [(Status.TRIGGERED, [down, ("Burn", True, False)])]


def test_what_ends_while_it_is_inhibited_is_over_once_it_has_not_been_listed_for_a_while(
    running: Running, tmp_path: Path
) -> None:
    clock = Clock(datetime.now(UTC))
    with paging(tmp_path, clock) as pager:
        running.fire(SYMPTOM)
        tell(pager, running, "Burn")
        running.fire(DOWN)
        manager = Alertmanager(pager, running.url, lost=timedelta(minutes=5))
        manager.look()
        assert shown(pager) == [(Status.TRIGGERED, [("Burn", False, True)])]
        running.fire(SYMPTOM, ended=True)  # of which Alertmanager tells nobody
        manager.look()
        clock.turn(minutes=4)
        manager.look()
        assert shown(pager) == [(Status.TRIGGERED, [("Burn", False, True)])]
        clock.turn(minutes=1)
        manager.look()
        assert shown(pager) == [(Status.RESOLVED, [("Burn", False, False)])]


def test_what_is_listed_again_was_not_over(running: Running, tmp_path: Path) -> None:
    clock = Clock(datetime.now(UTC))
    with paging(tmp_path, clock) as pager:
        running.fire(SYMPTOM)
        tell(pager, running, "Burn")
        manager = Alertmanager(pager, running.url, lost=timedelta(minutes=5))
        running.fire(SYMPTOM, ended=True)
        manager.look()
        clock.turn(minutes=4)
        running.fire(SYMPTOM)
        manager.look()
        running.fire(SYMPTOM, ended=True)
        clock.turn(minutes=4)
        manager.look()
        clock.turn(minutes=4)
        manager.look()
        assert shown(pager) == [(Status.TRIGGERED, [("Burn", False, True)])]
