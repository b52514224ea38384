"""A running ``slo up``: its processes, its Prometheus, its pager."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
SLO = Path(sys.executable).with_name("slo")
OFFSETS = {
    "gateway": 0,
    "orchestrator": 1,
    "identity": 2,
    "prometheus": 10,
    "otlp": 14,
    "pager": 15,
    "inbox": 17,
    "alertmanager": 19,
    "policy-engine": 20,
    "memory-gateway": 21,
    "tool-service": 22,
    "collectors": 29,
    "history": 44,
}
# Everything that a stack listens on, by its distance from the base; Temporal's port is far below it.
_ALL = (*range(8), *range(10, 45), 7233 - 10000)


def free_base() -> int:
    """Find a base whose ports are free now."""
    # Below the range from which the kernel takes ports for outgoing connections.
    for base in range(20000 + os.getpid() % 200 * 50, 32000, 50):
        try:
            for offset in _ALL:
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", base + offset))
        except OSError:
            continue
        return base
    raise AssertionError("no free ports")


def wait_for(what: str, condition: Callable[[], Any], seconds: float) -> Any:  # noqa: ANN401
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := condition():
                return found
        except (httpx.HTTPError, FileNotFoundError, ProcessLookupError, json.JSONDecodeError):
            pass  # does not answer yet, or a file is not there yet or only in part
        time.sleep(0.25)
    raise AssertionError(f"{what}: not within {seconds} s")


class Stack:
    """A running ``slo up``, or ``make up`` with what the README gives it."""

    def __init__(self, state: Path, *arguments: str, make: bool = False) -> None:
        self.base = free_base()
        self.state = state
        options = [*arguments, "--base-port", str(self.base), "--state", str(state)]
        command = (
            ["make", "-C", str(ROOT), "up", f"ARGS={' '.join(options)}"] if make else [SLO, "up", *options]
        )
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.base + OFFSETS[name]}"

    def processes(self) -> dict[str, int]:
        """The processes that run now, by component; what is being restarted is not among them."""
        ids: dict[str, int] = json.loads((self.state / "processes.json").read_text())
        return {name: pid for name, pid in ids.items() if alive(pid)}

    def query(self, expression: str) -> list[dict[str, Any]]:
        answer = httpx.get(f"{self.url('prometheus')}/api/v1/query", params={"query": expression})
        # A Prometheus that still reads its data answers 503 in plain text: not yet, rather than nothing.
        answer.raise_for_status()
        result: list[dict[str, Any]] = answer.json()["data"]["result"]
        return result

    def firing(self, slo: str, alert: str = "ErrorBudgetBurnFast") -> list[dict[str, Any]]:
        return self.query(f'ALERTS{{alertname="{alert}",slo_id="{slo}",alertstate="firing"}}')

    def stored(self, slo: str) -> list[dict[str, Any]]:
        """The pages of an SLO that reached the pager."""
        pages = httpx.get(f"{self.url('pager')}/pages").json()
        wanted = {"slo_id": slo, "severity": "page"}
        return [p for p in pages if wanted.items() <= p["labels"].items()]

    def incidents(self, service: str) -> list[dict[str, Any]]:
        """What the pager called people for, of a service."""
        token = (self.state / "secrets/pager.people/ada.token").read_text().strip()
        answer = httpx.get(f"{self.url('pager')}/incidents", headers={"authorization": f"Bearer {token}"})
        of = [i for i in answer.raise_for_status().json()["incidents"] if i["alerts"]]
        return [i for i in of if i["alerts"][0]["labels"].get("slo_service") == service]

    def messages(self, title: str) -> list[dict[str, Any]]:
        """What arrived in the inbox, by a part of its title."""
        found = httpx.get(f"{self.url('inbox')}/messages").json()
        return [m for m in found if title in m["title"]]

    @contextlib.contextmanager
    def failing(self, part: str, kind: str) -> Iterator[None]:
        """A fault for as long as a test looks at it."""
        file = self.state / "faults"
        before = file.read_text()
        file.write_text(f"{before}\n{part}:{kind}@{time.time():.0f}+600")
        try:
            yield
        finally:
            file.write_text(before)

    def running(self) -> bool:
        """Whether everything is up and the traffic goes."""
        if self.process.poll() is not None:
            raise AssertionError(f"slo up ended: {self.process.communicate()}")
        return "traffic" in self.processes()

    def kill(self) -> None:
        """End the command and what it runs; what that started ends with it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def stop(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=90)
        return self.process.returncode, out + err


def alive(pid: int) -> bool:
    """Whether a process is there and not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def stacks(state: Path) -> Iterator[Callable[..., Stack]]:
    """Start stacks on one state; what still runs at the end is killed."""
    started: list[Stack] = []

    def run(*arguments: str, make: bool = False) -> Stack:
        started.append(Stack(state, *arguments, make=make))
        return started[-1]

    yield run
    for stack in started:
        stack.kill()
