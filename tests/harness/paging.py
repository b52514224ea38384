"""A pager in a test: a spec of few people, its secrets, a clock that is turned by hand, and what Alertmanager sends."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi.testclient import TestClient
from sqlalchemy import select

from alerts.paging.app import create_app
from alerts.paging.database import Database
from alerts.paging.incident import Incident
from alerts.paging.pager import Pager
from alerts.paging.settings import Settings
from alerts.paging.tables import outbox
from slo.oncall import Escalation, Hours, OnCall, Person, Rotation, Step, Team
from slo.receivers import Receiver, Webhook

TOKEN, ADA, KEY = "alertmanagers-token", "adas-token", "routing-key-of-platform"
START = datetime(2026, 11, 4, 10, 0, tzinfo=UTC)  # a Wednesday, in business hours
NEVER = "0001-01-01T00:00:00Z"
PEOPLE = ("ada", "ben", "tara", "vera")


class Clock:
    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **length: float) -> datetime:
        self.now += timedelta(**length)
        return self.now


def oncall(url: Callable[[str], str] = lambda name: f"http://127.0.0.1:9/{name}", **more: object) -> OnCall:
    """Ada and Ben in turns, then Tara after 10 minutes, then Vera after 30; each by a receiver of their own."""
    names = (*PEOPLE, "tickets", "direct", "other")
    receivers: tuple[Receiver, ...] = tuple(Webhook(name=name, url=url(name)) for name in names)
    fields: dict[str, Any] = {
        "people": tuple(Person(name=name, receivers=(name,)) for name in PEOPLE),
        "rotations": (
            Rotation(name="primary", people=("ada", "ben"), start=date(2026, 1, 5), handoff=time(9)),
        ),
        "escalations": (
            Escalation(
                name="usual",
                steps=(
                    Step(title="On call", notify=("primary",)),
                    Step(title="Lead", after=timedelta(minutes=10), notify=("tara",)),
                    Step(title="VP", after=timedelta(minutes=30), notify=("vera",)),
                ),
                repeat=1,
            ),
        ),
        "receivers": receivers,
        "teams": (
            Team(
                name="platform", escalation="usual", tickets=("tickets",), direct=("direct",), hours=Hours()
            ),
            Team(name="other", escalation="usual", tickets=("tickets",), hours=Hours()),
        ),
    }
    return OnCall(**fields | more)


def alert(
    name: str = "ServiceDown", status: str = "firing", starts: datetime | None = None, **labels: str
) -> dict[str, Any]:
    """One alert of Alertmanager's."""
    begun = starts or START - timedelta(minutes=1)
    usual = {
        "alertname": name,
        "team": "platform",
        "severity": "page",
        "signal": "symptom",
        "slo_service": "gateway",
    }
    service = labels.get("slo_service", "gateway")
    return {
        "fingerprint": f"{name}-{service}",
        "status": status,
        "labels": usual | labels,
        "annotations": {"summary": f"{name} of {service}"},
        "startsAt": begun.isoformat(),
        "endsAt": (begun + timedelta(minutes=5)).isoformat() if status == "resolved" else NEVER,
    }


def webhook(*alerts: dict[str, Any]) -> dict[str, Any]:
    return {"version": "4", "groupKey": "{}:{}", "status": "firing", "alerts": list(alerts)}


def settings(folder: Path, **more: object) -> Settings:
    """Settings whose secrets are there; nothing is polled sooner than a test can look."""
    texts = {"token": TOKEN, "people.json": json.dumps({"ada": ADA}), "link.key": "k" * 32}
    (folder / "keys").mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text)
    (folder / "keys/platform.key").write_text(KEY)
    values: dict[str, Any] = {
        "database": f"sqlite:///{folder / 'pager.db'}",
        "spec": "-",
        "token_file": folder / "token",
        "people_file": folder / "people.json",
        "link_key_file": folder / "link.key",
        "keys": folder / "keys",
        "secrets": folder,
    }
    return Settings(**values | more)


class Client(TestClient):
    """Calls as Alertmanager or as Ada; what runs beside the app does not, unless it is entered."""

    def alerts(
        self, *alerts: dict[str, Any], token: str = TOKEN, path: str = "/alertmanager"
    ) -> httpx.Response:
        return self.post(path, json=webhook(*alerts), headers={"Authorization": f"Bearer {token}"})

    def ada(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        answer = self.request(method, path, json=body, headers={"Authorization": f"Bearer {ADA}"})
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def incidents(self, query: str = "") -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.ada("GET", f"/incidents{query}")["incidents"]
        return listed


def client(folder: Path, clock: Clock | None = None, spec: OnCall | None = None, **more: object) -> Client:
    return Client(create_app(settings(folder, **more), spec or oncall(), clock or Clock()))


@contextmanager
def paging(folder: Path, clock: Clock, spec: OnCall | None = None) -> Iterator[Pager]:
    """A pager without its API."""
    database = Database(f"sqlite:///{folder / 'pager.db'}")
    yield Pager(database, spec or oncall(), clock)
    database.close()


def sent_to(pager: Pager, incident: Incident | None = None) -> list[str]:
    """What is in the outbox, in the order of its rounds: ``occasion:receiver``."""
    query = select(outbox).order_by(outbox.c.created, outbox.c.step, outbox.c.receiver)
    with pager.database.read() as connection:
        rows = connection.execute(query).mappings().all()
    return [
        f"{row['occasion']}:{row['receiver']}"
        for row in rows
        if incident is None or row["incident"] == incident.id
    ]
