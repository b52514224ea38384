import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from paging import KEY, START, Clock, alert, client, paging, sent_to

from alerts.paging.deadman import DeadMan
from alerts.paging.links import sign

SECRET = b"k" * 32


def event(action: str, **more: object) -> dict[str, object]:
    payload = {"summary": "Disk full", "source": "db-1", "severity": "critical"}
    return {"routing_key": KEY, "event_action": action, "payload": payload} | more


def test_pagerdutys_events_trigger_acknowledge_and_resolve(tmp_path: Path) -> None:
    pager = client(tmp_path)
    answer = pager.post("/v2/enqueue", json=event("trigger"))
    key = answer.json()["dedup_key"]
    assert (answer.status_code, answer.json()["status"], bool(key)) == (202, "success", True)
    seen = []
    for action in ("trigger", "acknowledge", "resolve", "resolve"):
        assert pager.post("/v2/enqueue", json=event(action, dedup_key=key)).status_code == 202
        seen.append([(found["status"], found["priority"]) for found in pager.incidents()])
    assert seen == [[(s, "P0")] for s in ("triggered", "acknowledged", "resolved", "resolved")]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (event("trigger", routing_key="wrong"), "routing_key"),
        (event("trigger", payload=None), "payload"),
        (event("trigger", payload={"summary": "x", "source": "y", "severity": "bad"}), "payload.severity"),
        (event("acknowledge"), "dedup_key"),
        (event("explode"), "event_action"),
        ([], "valid dictionary"),
    ],
)
def test_an_invalid_event_is_refused_as_pagerduty_does(tmp_path: Path, body: object, error: str) -> None:
    pager = client(tmp_path)
    answer = pager.post("/v2/enqueue", json=body)
    assert (answer.status_code, answer.json()["status"]) == (400, "invalid event")
    assert error in " ".join(answer.json()["errors"])
    assert pager.incidents() == []


def test_people_act_under_their_own_names(tmp_path: Path) -> None:
    clock = Clock()
    pager = client(tmp_path, clock)
    new = {"title": "Drill", "team": "platform", "test": True}
    made = pager.ada("POST", "/incidents", new)
    path = f"/incidents/{made['id']}"
    assert (made["test"], made["number"]) == (True, 1)
    assert pager.ada("POST", f"{path}/acknowledge")["acknowledged_by"] == "ada"
    assert pager.ada("POST", f"{path}/snooze", {"minutes": 5})["status"] == "snoozed"
    assert pager.ada("POST", f"{path}/reassign", {"person": "vera"})["status"] == "triggered"
    assert pager.ada("POST", f"{path}/responders", {"person": "tara"})["responders"] == ["tara"]
    assert pager.ada("POST", f"{path}/resolve")["resolved_by"] == "ada"
    assert pager.ada("POST", f"{path}/reopen")["status"] == "triggered"
    done = [(m["what"], m["by"]) for m in pager.ada("GET", path)["timeline"] if m["by"] == "ada"]
    assert done == [
        (what, "ada")
        for what in ("acknowledged", "snoozed", "reassigned", "responder added", "resolved", "reopened")
    ]


def test_what_is_asked_of_the_api_is_checked(tmp_path: Path) -> None:
    pager = client(tmp_path)
    headers = {"Authorization": "Bearer adas-token"}
    assert pager.get("/incidents").status_code == 401
    assert pager.get("/incidents", headers={"Authorization": "Bearer alertmanagers-token"}).status_code == 401
    assert pager.get("/incidents/none", headers=headers).status_code == 404
    made = pager.ada("POST", "/incidents", {"title": "x", "team": "platform"})
    path = f"/incidents/{made['id']}"
    pager.ada("POST", f"{path}/resolve")
    assert pager.post(f"{path}/acknowledge", headers=headers).status_code == 409
    assert pager.post(f"{path}/explode", headers=headers).status_code == 422
    assert pager.post(f"{path}/snooze", headers=headers, json={}).status_code == 422
    assert pager.post("/incidents", headers=headers, json={"title": "x", "team": "no"}).status_code == 422


def test_incidents_are_listed_page_by_page_and_by_status_and_team(tmp_path: Path) -> None:
    pager = client(tmp_path)
    for team in ("platform", "other", "platform"):
        pager.ada("POST", "/incidents", {"title": "x", "team": team})
    first = pager.ada("GET", "/incidents?limit=2")
    assert [found["number"] for found in first["incidents"]] == [3, 2]
    rest = pager.ada("GET", f"/incidents?limit=2&before={first['next']}")
    assert ([found["number"] for found in rest["incidents"]], rest["next"]) == ([1], None)
    assert [found["number"] for found in pager.incidents("?team=other&status=triggered")] == [2]
    assert pager.incidents("?status=resolved&status=snoozed") == []


def test_a_link_asks_first_and_acts_on_its_button(tmp_path: Path) -> None:
    clock = Clock()
    pager = client(tmp_path, clock)
    pager.alerts(alert())
    ident = pager.incidents()[0]["id"]
    path = f"/a/{sign(SECRET, ident, 'acknowledge', 'ben', clock.now + timedelta(hours=1))}"
    for _ in range(2):  # a scanner of mail opens it
        page = pager.get(path).text
        assert '<form method="post">' in page
        assert "<dt>Called now</dt>" in page
    assert pager.incidents()[0]["status"] == "triggered"
    assert "is acknowledged" in pager.post(path).text
    assert pager.incidents()[0]["acknowledged_by"] == "ben"
    pager.alerts(alert(status="resolved"))
    over = pager.get(path).text
    assert "It is over" in over
    assert "<form" not in over
    clock.turn(hours=2)
    assert pager.post(path).status_code == 403


def test_a_link_that_is_not_ours_does_nothing(tmp_path: Path) -> None:
    pager = client(tmp_path)
    pager.alerts(alert())
    ident = pager.incidents()[0]["id"]
    token = sign(b"another" * 8, ident, "resolve", "ben", START + timedelta(hours=1))
    assert (pager.get(f"/a/{token}").status_code, pager.post(f"/a/{token}").status_code) == (403, 403)
    assert pager.incidents()[0]["status"] == "triggered"


def test_a_silent_watchdog_pages_once_and_recovers(tmp_path: Path) -> None:

    clock = Clock()
    pager = client(tmp_path, clock)
    with paging(tmp_path, clock) as inside, paging(tmp_path, clock) as replica:
        switches = [DeadMan(one, timedelta(minutes=5), "") for one in (inside, replica)]
        clock.turn(minutes=4)
        pager.alerts(alert("Watchdog"), path="/heartbeat")
        clock.turn(minutes=5)
        for switch in switches:
            switch.check()
        assert pager.incidents() == []
        clock.turn(minutes=1)
        for switch in switches * 2:
            switch.check()
        assert [(f["title"], f["status"]) for f in pager.incidents()] == [("Watchdog silent", "triggered")]
        assert len(sent_to(inside)) == 1
        pager.alerts(alert("Watchdog", "resolved"), path="/heartbeat")
        assert pager.incidents()[0]["status"] == "triggered"
        pager.alerts(alert("Watchdog"), path="/heartbeat")
        assert pager.incidents()[0]["status"] == "resolved"


def test_a_pager_that_was_away_itself_gives_the_watchdog_time(tmp_path: Path) -> None:

    clock = Clock()
    client(tmp_path, clock).alerts(alert("Watchdog"), path="/heartbeat")
    clock.turn(hours=3)
    with paging(tmp_path, clock) as inside:
        switch = DeadMan(inside, timedelta(minutes=5), "")
        switch.check()
        assert client(tmp_path, clock).incidents() == []
        clock.turn(minutes=6)
        switch.check()
    assert len(client(tmp_path, clock).incidents()) == 1


def test_it_is_not_ready_when_its_database_cant_be_written(tmp_path: Path) -> None:
    pager = client(tmp_path)
    assert pager.get("/ready").json() == {"status": "ready"}
    other = sqlite3.connect(tmp_path / "pager.db")
    other.executescript("ALTER TABLE heartbeats RENAME TO gone; ALTER TABLE alerts RENAME TO lost")
    other.close()
    assert pager.get("/ready").status_code == 503
    assert pager.alerts(alert()).status_code == 503  # Alertmanager sends it again
    assert pager.get("/health").status_code == 200


def test_metrics_say_who_was_called_and_how_long_it_took(tmp_path: Path) -> None:
    clock = Clock()
    pager = client(tmp_path, clock)
    pager.alerts(alert())
    clock.turn(minutes=4)
    ident = pager.incidents()[0]["id"]
    pager.ada("POST", f"/incidents/{ident}/acknowledge")
    pager.ada("POST", f"/incidents/{ident}/resolve")
    text = pager.get("/metrics").text
    for line in (
        'pager_incidents_opened_total{severity="page"} 1.0',
        'pager_acknowledge_duration_seconds_bucket{le="300.0"} 1.0',
        'pager_acknowledge_duration_seconds_bucket{le="120.0"} 0.0',
        "pager_resolve_duration_seconds_sum 240.0",
        'pager_incidents{status="resolved"} 1.0',
        "pager_heartbeat_age_seconds 240.0",
    ):
        assert line in text
    called = [line for line in text.splitlines() if line.startswith("pager_pages_total") and " 1.0" in line]
    assert len(called) == 1
    assert 'hours="in"' in called[0]
