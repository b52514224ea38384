"""An Identity on real databases, with a clock that can be moved."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from fastapi.testclient import TestClient
from live import answers, free_port, wait_for
from redis import Redis
from service import Signals

from somahub.services.identity.app import create_app
from somahub.services.identity.connections import connect, redis_client
from somahub.services.identity.identity import Identity
from somahub.services.identity.settings import Settings
from somahub.services.identity.spec import identity

PASSWORD = "correct horse battery"  # noqa: S105 - a test's
SECRET = "a secret of a program"  # noqa: S105 - likewise
_USERS = {"ada": "platform-admin", "sam": "sre-operator", "dev": "developer"}


class Clock:
    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class Running:
    """A started Identity and a client of it; ``with`` stops it."""

    def __init__(self, folder: Path, redis_url: str, database: str = "", **settings: Any) -> None:  # noqa: ANN401
        bootstrap = folder / "bootstrap.json"
        users = [
            {"name": name, "password": PASSWORD, "tenant": "acme", "roles": [role]}
            for name, role in _USERS.items()
        ]
        program = {"name": "gateway", "secret": SECRET, "tenant": "platform", "roles": ["service"]}
        bootstrap.write_text(json.dumps({"users": users, "service_accounts": [program]}))
        self.settings = Settings(
            database=database or f"sqlite:///{folder / 'identity.db'}",
            redis_url=redis_url,
            signing_key_file=folder / "sealing.key",
            bootstrap_file=bootstrap,
            argon2_time_cost=1,
            argon2_memory_kib=64,
            **settings,
        )
        self.clock = Clock()
        self.signals = Signals(identity)
        self.engine = connect(self.settings.database)
        self.identity = Identity(
            self.signals.telemetry, self.settings, self.engine, redis_client(redis_url), self.clock
        )
        self.app = create_app(self.identity)
        self.client = TestClient(self.app, raise_server_exceptions=False)

    def __enter__(self) -> Self:
        self.client.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.__exit__(kind, error, trace)

    def token(self, grant: str = "password", **fields: str) -> httpx.Response:
        return self.client.post("/v1/token", data={"grant_type": grant, **fields})

    def sign_in(self, name: str = "ada", password: str = PASSWORD) -> dict[str, Any]:
        answer = self.token(username=name, password=password)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def headers(self, name: str = "ada") -> dict[str, str]:
        return bearer(self.sign_in(name)["access_token"])

    def active(self, token: str) -> bool:
        answer = self.client.post("/v1/token/introspect", data={"token": token}, auth=("gateway", SECRET))
        assert answer.status_code == 200, answer.text
        return bool(answer.json()["active"])

    def account(self, name: str, kind: str = "users") -> dict[str, Any]:
        found = self.client.get(f"/v1/{kind}", headers=self.headers()).json()
        return next(account for account in found if account["name"] == name)


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def emptied(redis_url: str) -> None:
    """A Redis that other tests used, as if new."""
    with Redis.from_url(redis_url) as client:
        client.flushall()


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The URL of a PostgreSQL that runs meanwhile, as the stack starts it."""
    port = free_port()
    argv = [sys.executable, "-m", "somahub.stack.postgresql", str(folder / "postgresql"), str(port)]
    with (folder / "postgresql.log").open("wb") as log:
        process = subprocess.Popen(argv, stdout=log, stderr=log)
    try:
        wait_for(lambda: process.poll() is not None or answers(port), 60)
        assert process.poll() is None, (folder / "postgresql.log").read_text()
        wait_for(lambda: re.search("ready to accept", (folder / "postgresql.log").read_text()), 60)
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        process.send_signal(signal.SIGINT)  # a fast shutdown: connections that are open are cut
        process.wait(20)
