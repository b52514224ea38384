from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine

from alerts.paging.app import create_app
from alerts.paging.store import PageStore

START, NEVER, END = "2026-11-01T10:00:00Z", "0001-01-01T00:00:00Z", "2026-11-01T10:05:00Z"


def client(folder: Path) -> TestClient:
    return TestClient(create_app(PageStore(create_engine(f"sqlite:///{folder / 'pager.db'}"))))


def webhook(status: str, ends: str = NEVER, starts: str = START) -> dict[str, Any]:
    labels = {"alertname": "X", "severity": "page"}
    alert = {"fingerprint": "f1", "status": status, "labels": labels, "startsAt": starts, "endsAt": ends}
    return {"version": "4", "alerts": [alert]}


def states(pager: TestClient) -> list[str]:
    return [page["status"] for page in pager.get("/pages").json()]


def test_a_repeated_notification_is_one_page_and_a_new_start_another(tmp_path: Path) -> None:
    pager = client(tmp_path)
    for _ in range(3):
        assert pager.post("/alertmanager", json=webhook("firing")).status_code == 200
    assert states(pager) == ["firing"]
    pager.post("/alertmanager", json=webhook("firing", starts=END))
    assert states(pager) == ["firing", "firing"]


def test_a_late_repeat_does_not_reopen_what_was_resolved(tmp_path: Path) -> None:
    pager = client(tmp_path)
    for body in (webhook("firing"), webhook("resolved", END), webhook("firing")):
        pager.post("/alertmanager", json=body)
    assert states(pager) == ["resolved"]


def test_pages_survive_a_restart(tmp_path: Path) -> None:
    client(tmp_path).post("/alertmanager", json=webhook("firing"))
    assert states(client(tmp_path)) == ["firing"]


@pytest.mark.parametrize("body", [{}, {"alerts": [{}]}, {"alerts": [{"status": "firing"}]}])
def test_a_malformed_webhook_is_refused_and_nothing_is_stored(tmp_path: Path, body: object) -> None:
    pager = client(tmp_path)
    assert pager.post("/alertmanager", json=body).status_code == 422
    assert states(pager) == []
