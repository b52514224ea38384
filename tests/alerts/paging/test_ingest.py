from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from paging import ADA, START, Clock, alert, client, paging, sent_to, webhook


def test_alerts_of_one_service_are_one_incident_and_another_service_is_another(tmp_path: Path) -> None:
    pager = client(tmp_path)
    pager.alerts(alert("ServiceDown"), alert("ErrorBudgetBurnFast"))
    pager.alerts(alert("ErrorBudgetBurnFast", slo_service="redis"))
    assert [len(found["alerts"]) for found in pager.incidents()] == [1, 2]


def test_what_is_down_what_users_see_and_each_fault_are_incidents_of_their_own(tmp_path: Path) -> None:
    pager = client(tmp_path)
    pager.alerts(alert("Burn"), alert("ServiceDown", signal="down"))
    pager.alerts(alert("DiskFull", signal="cause"), alert("BackupOld", signal="cause"))
    assert [found["title"].split()[0] for found in pager.incidents()] == [
        "BackupOld",
        "DiskFull",
        "ServiceDown",
        "Burn",
    ]


def test_what_alertmanager_cant_deliver_itself_goes_to_that_receiver_alone(tmp_path: Path) -> None:
    pager, clock = client(tmp_path), Clock()
    headers = {"Authorization": "Bearer alertmanagers-token"}
    for status in ("firing", "firing", "resolved"):
        for receiver in ("direct", "pager"):
            body = webhook(alert(status=status)) | {"receiver": receiver}
            assert pager.post("/alertmanager", json=body, headers=headers).is_success
    assert [(found["receiver"], found["next_level_at"]) for found in pager.incidents()] == [
        ("", None),
        ("direct", None),
    ]
    with paging(tmp_path, clock) as inside:
        sent = sent_to(inside)
    assert [one for one in sent if one.endswith("direct")] == ["triggered:direct", "resolved:direct"]
    assert len(sent) == 4
    assert len(pager.get("/pages").json()) == 1


def test_a_ticket_and_a_page_of_one_service_are_two(tmp_path: Path) -> None:
    pager = client(tmp_path)
    pager.alerts(alert("A"), alert("B", severity="ticket"))
    assert {found["severity"] for found in pager.incidents()} == {"page", "ticket"}


def test_a_repeat_says_nothing_new(tmp_path: Path) -> None:
    pager = client(tmp_path)
    assert [pager.alerts(alert()).json()["changed"] for _ in range(3)] == [1, 0, 0]
    assert len(pager.incidents()) == 1


def test_an_incident_is_over_when_all_its_alerts_are(tmp_path: Path) -> None:
    pager = client(tmp_path, Clock(START + timedelta(hours=1)))
    pager.alerts(alert("A"), alert("B"))
    pager.alerts(alert("A", "resolved"))
    assert pager.incidents()[0]["status"] == "triggered"
    pager.alerts(alert("B", "resolved"))
    assert (pager.incidents()[0]["status"], pager.incidents()[0]["resolved_by"]) == ("resolved", "pager")


def test_a_late_repeat_or_a_replay_does_not_reopen_what_was_resolved(tmp_path: Path) -> None:
    clock = Clock()
    pager = client(tmp_path, clock)
    pager.alerts(alert())
    pager.alerts(alert(status="resolved"))
    clock.turn(minutes=2)
    assert pager.alerts(alert()).json() == {"changed": 0}
    assert pager.alerts(alert(starts=START - timedelta(days=9))).json() == {"changed": 0}
    assert [found["status"] for found in pager.incidents()] == ["resolved"]


def test_a_replayed_end_does_not_end_what_began_later(tmp_path: Path) -> None:
    clock = Clock()
    pager = client(tmp_path, clock)
    pager.alerts(alert())
    pager.alerts(alert(status="resolved"))
    clock.turn(minutes=5)
    pager.alerts(alert(starts=clock.now))
    assert pager.alerts(alert(status="resolved")).json() == {"changed": 0}
    assert pager.incidents()[0]["status"] == "triggered"


@pytest.mark.parametrize(("minutes", "incidents", "reopened"), [(5, 1, 1), (30, 2, 0)])
def test_what_begins_again_soon_is_the_same_incident(
    tmp_path: Path, minutes: int, incidents: int, reopened: int
) -> None:
    clock = Clock()
    pager = client(tmp_path, clock)
    pager.alerts(alert())
    pager.alerts(alert(status="resolved"))
    pager.alerts(alert(starts=clock.turn(minutes=minutes)))
    found = pager.incidents()
    assert (len(found), found[0]["reopened"], found[0]["status"]) == (incidents, reopened, "triggered")


def test_what_a_person_resolved_does_not_come_back_while_it_fires_on(tmp_path: Path) -> None:
    pager = client(tmp_path)
    pager.alerts(alert())
    pager.ada("POST", f"/incidents/{pager.incidents()[0]['id']}/resolve")
    assert pager.alerts(alert()).json() == {"changed": 0}
    assert [(f["status"], f["resolved_by"]) for f in pager.incidents()] == [("resolved", "ada")]


def test_what_was_only_told_to_be_over_calls_nobody(tmp_path: Path) -> None:
    pager = client(tmp_path)
    pager.alerts(alert(status="resolved"))
    assert pager.incidents() == []
    assert [page["status"] for page in pager.get("/pages").json()] == ["resolved"]


def test_an_alert_of_nobodys_goes_to_the_first_team(tmp_path: Path) -> None:
    pager = client(tmp_path)
    pager.alerts(alert(team="who"))
    assert pager.incidents()[0]["team"] == "platform"


def test_incidents_survive_a_restart(tmp_path: Path) -> None:
    client(tmp_path).alerts(alert())
    assert [found["title"] for found in client(tmp_path).incidents()] == ["ServiceDown of gateway"]


@pytest.mark.parametrize("token", ["", "wrong", ADA])
@pytest.mark.parametrize("path", ["/alertmanager", "/heartbeat"])
def test_a_forged_webhook_is_refused_before_it_is_read(tmp_path: Path, token: str, path: str) -> None:
    pager = client(tmp_path)
    answer = pager.post(path, content=b"{", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("chunked", [True, False])
def test_an_oversized_webhook_is_refused_before_it_is_parsed(tmp_path: Path, *, chunked: bool) -> None:
    pager = client(tmp_path, most_bytes=2000)
    headers = {"Authorization": "Bearer alertmanagers-token"}
    content: Any = iter([b"["] * 3000) if chunked else b"[" * 3000
    assert pager.post("/alertmanager", content=content, headers=headers).status_code == 413
    assert pager.alerts(alert()).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body.alerts"),
        ({"alerts": [{}]}, "body.alerts.0.fingerprint"),
        (webhook(alert() | {"status": "odd"}), "body.alerts.0.status"),
        (webhook(alert() | {"startsAt": "2026-11-01T10:00:00"}), "body.alerts.0.startsAt"),
        (webhook(alert()) | {"version": "3"}, "body.version"),
    ],
)
def test_a_malformed_webhook_is_refused_with_its_field(tmp_path: Path, body: object, field: str) -> None:
    pager = client(tmp_path)
    answer = pager.post("/alertmanager", json=body, headers={"Authorization": "Bearer alertmanagers-token"})
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert pager.incidents() == []
