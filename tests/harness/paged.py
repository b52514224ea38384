"""A spec whose alerts are routed, an HTTP receiver, and a real Alertmanager with waits that pass quickly."""

import json
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple, Self

import httpx
import yaml
from stack import wait_for

from slo import SLO, Alert, Dependency, HttpAvailability, HttpLatency, Proof, Runbook, Service, Uptime
from slo.alert import Signal
from slo.burnrate import Severity
from slo.units import seconds

_HASTE = 100  # a minute of the spec is 0.6 seconds here
_WAITS = ("group_wait", "group_interval", "repeat_interval")


def alert(name: str, signal: Signal, severity: Severity = "page", hold: str = "1m") -> Alert:
    return Alert(
        name=name,
        expr="up == 0",
        hold=hold,
        severity=severity,
        priority="P0" if severity == "page" else "P2",
        signal=signal,
        summary=f"{name} in a few words",
        description="More of it.",
        runbook=Runbook(meaning="It is so.", impact="Users see it.", steps=("Look.",)),
        proofs=(Proof(title="both", series={"up": "0x9"}, fires=("5m",), silent=("1s",)),),
    )


def service(name: str, needs: tuple[str, ...] = (), owner: str = "web") -> Service:
    """A service with an availability, a latency and an uptime, and alerts of all three signals."""
    return Service(
        name=name,
        owner=owner,
        needs=needs,
        slos=(
            SLO(name="availability", objective="99.9", sli=HttpAvailability()),
            SLO(name="latency", objective="99", sli=HttpLatency(below="200ms")),
            SLO(name="uptime", objective="99.9", sli=Uptime()),
        ),
        alerts=(
            alert("ServiceDown", "down"),
            alert("MemoryFull", "cause"),
            alert("BackupOld", "cause", "ticket"),
        ),
    )


def dependency(name: str, owner: str = "web") -> Dependency:
    slo = SLO(name="uptime", objective="99.9", sli=Uptime())
    return Dependency(name=name, owner=owner, slos=(slo,), alerts=(alert("DependencyDown", "down"),))


class Post(NamedTuple):
    """What a receiver got, and the second of the clock that only rises."""

    path: str
    headers: Mapping[str, str]
    body: Any
    at: float

    @property
    def told(self) -> list[tuple[str, str]]:
        """Status and name of each alert of a webhook, with its service."""
        return sorted(
            (a["status"], f"{a['labels']['alertname']} {a['labels'].get('slo_service', '')}")
            for a in self.body["alerts"]
        )


class Receiver:
    """Keeps what is posted; a path in ``broken`` is answered with 500."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.broken: set[str] = set()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path in owner.broken:
                    self.send_response(500)
                else:
                    owner.posts.append(
                        Post(self.path, dict(self.headers), json.loads(body), time.monotonic())
                    )
                    self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def at(self, path: str) -> list[Post]:
        return [post for post in self.posts if post.path == path]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Alertmanager:
    """One that runs, on a configuration in ``folder``."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    def fire(self, *alerts: Mapping[str, str], ended: bool = False) -> None:
        """Tell it of alerts by their labels, as Prometheus would."""
        now = datetime.now(UTC)
        times = (
            {"endsAt": now.isoformat()}
            if ended
            else {"startsAt": now.isoformat(), "endsAt": (now + timedelta(hours=1)).isoformat()}
        )
        body = [{"labels": labels, "annotations": _annotations(labels), **times} for labels in alerts]
        httpx.post(f"{self.url}/api/v2/alerts", json=body).raise_for_status()

    def inhibited(self) -> int:
        """How many alerts another one hides now."""
        found = httpx.get(f"{self.url}/api/v2/alerts", params={"active": "false"}).json()
        return sum(bool(one["status"]["inhibitedBy"]) for one in found)

    def load(self, config: str) -> None:
        """Take another configuration; what fires is kept."""
        (self.folder / "alertmanager.yml").write_text(hastened(config))
        httpx.post(f"{self.url}/-/reload").raise_for_status()


@contextmanager
def alertmanager(tools: Path, folder: Path, files: Mapping[str, str]) -> Iterator[Alertmanager]:
    """Run it on what was generated, with waits that pass quickly."""
    for name, text in files.items():
        path = folder / name.removeprefix("alertmanager/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(hastened(text) if name.endswith(".yml") else text)
    address = f"127.0.0.1:{free_port()}"
    argv = [
        tools / "alertmanager",
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
    ]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(argv, stdout=log, stderr=log)
        try:
            wait_for("Alertmanager", lambda: _ready(process, address, folder / "log"), 20)
            yield Alertmanager(f"http://{address}", folder)
        finally:
            process.terminate()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def hastened(config: str) -> str:
    """The configuration with waits that are 100 times shorter; all else stays to the letter."""

    def shorter(found: re.Match[str]) -> str:
        wait = 0 if found[2] == "0s" else seconds(found[2])
        return f"{found[1]}: {int(wait * 1000 / _HASTE)}ms"

    text = re.sub(rf"({'|'.join(_WAITS)}): (\w+)", shorter, config)
    assert yaml.safe_load(text).keys() == yaml.safe_load(config).keys()
    return text


def _ready(process: subprocess.Popen[bytes], address: str, log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    return httpx.get(f"http://{address}/-/ready").is_success


def _annotations(labels: Mapping[str, str]) -> dict[str, str]:
    return {
        "summary": f"{labels.get('slo_service')}: {labels['alertname']}",
        "description": "62.4 % of requests fail now; the objective of 99.9 % over 30 days allows 0.1 %. Budget left: 41 %.",
        "runbook_url": f"https://docs.example.com/slo/runbooks/{labels['alertname']}.md",
        "dashboard_url": f"http://127.0.0.1:10011/d/service-{labels.get('slo_service')}",
    }
