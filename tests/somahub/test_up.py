"""The whole loop with real processes: traffic, an outage, a page, and nothing left afterwards."""

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
import pytest

SLO = Path(sys.executable).with_name("slo")
# A piece of each command line that no other has.
MARKS = {
    "alertmanager --config.file": "alertmanager",
    "prometheus --config.file": "prometheus",
    "alerts.paging": "pager",
    "services.gateway": "gateway",
    "somahub.traffic": "traffic",
}
OFFSETS = {"gateway": 0, "prometheus": 10, "pager": 15, "alertmanager": 19}


def free_base() -> int:
    """Find a base whose four ports are free now."""
    for base in range(20000 + os.getpid() % 1000 * 20, 60000, 20):
        try:
            for offset in OFFSETS.values():
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
        except (httpx.HTTPError, FileNotFoundError, ProcessLookupError):
            pass  # does not answer yet, or a process ended between being listed and being read
        time.sleep(0.25)
    raise AssertionError(f"{what}: not within {seconds} s")


def children(pid: int) -> dict[str, int]:
    """Name each supervised process by its command line."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        line = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
        name = next((n for mark, n in MARKS.items() if mark in line), None)
        if name:
            found[name] = int(child)
    return found


class Stack:
    def __init__(self, state: Path, *arguments: str) -> None:
        self.base = free_base()
        self.state = state
        command = [SLO, "up", "--base-port", str(self.base), "--state", state, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.base + OFFSETS[name]}"

    def query(self, expression: str) -> list[dict[str, Any]]:
        answer = httpx.get(f"{self.url('prometheus')}/api/v1/query", params={"query": expression})
        # A Prometheus that still reads its data answers 503 in plain text: not yet, rather than nothing.
        answer.raise_for_status()
        result: list[dict[str, Any]] = answer.json()["data"]["result"]
        return result

    def stop(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out + err


@pytest.fixture
def outage(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path / "state", "--rate", "40", "--fault", "gateway:5xx@15s+600s")
    yield stack
    stack.process.kill()
    stack.process.communicate()


@pytest.mark.usefixtures("tools")
def test_an_outage_pages_through_a_killed_alertmanager_and_nothing_is_left(
    outage: Stack, tools: Path
) -> None:
    wait_for("gateway", lambda: httpx.get(f"{outage.url('gateway')}/ready").is_success, 30)
    wait_for("traffic", lambda: "traffic" in children(outage.process.pid), 30)
    before = children(outage.process.pid)
    os.kill(before["alertmanager"], signal.SIGKILL)

    def restarted() -> bool:
        return children(outage.process.pid).get("alertmanager") not in (None, before["alertmanager"])

    wait_for("restart", restarted, 20)
    page = 'ALERTS{alertname="ErrorBudgetBurnFast",slo_id="gateway-availability",alertstate="firing"}'
    wait_for("page in Prometheus", lambda: outage.query(page), 100)

    def stored() -> bool:
        pages = httpx.get(f"{outage.url('pager')}/pages").json()
        return any(p["labels"]["slo_id"] == "gateway-availability" for p in pages)

    wait_for("page in the pager", stored, 40)
    running = children(outage.process.pid)
    code, output = outage.stop()
    assert code == 0, output
    assert "alertmanager ended (SIGKILL); restarting" in " ".join(output.split())
    assert not [pid for pid in running.values() if Path(f"/proc/{pid}").exists()]
    check_counts(outage, tools)


def check_counts(stack: Stack, tools: Path) -> None:
    """Prometheus knows what the generator sent, within 1 %, when its data is opened again."""
    sent = json.loads((stack.state / "traffic.json").read_text())
    assert sum(sent.values()) > 1000
    empty = stack.state / "empty.yml"
    empty.write_text("{}\n")
    arguments = [f"--config.file={empty}", f"--storage.tsdb.path={stack.state / 'prometheus'}"]
    address = stack.url("prometheus").removeprefix("http://")
    command = [tools / "prometheus", *arguments, f"--web.listen-address={address}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as prometheus:
        try:
            for code_class in ("2xx", "5xx"):
                total = f'sum(max_over_time(http_server_requests_total{{code_class="{code_class}"}}[10m]))'
                found = wait_for(code_class, lambda total=total: stack.query(total), 30)
                assert float(found[0]["value"][1]) == pytest.approx(sent[code_class], rel=0.01)
        finally:
            prometheus.terminate()


@pytest.mark.usefixtures("tools")
def test_a_killed_supervisor_leaves_no_process_and_its_state_can_be_used_again(tmp_path: Path) -> None:
    first = Stack(tmp_path / "state")
    wait_for("stack", lambda: "traffic" in children(first.process.pid), 40)
    pids = children(first.process.pid)
    first.process.kill()
    first.process.communicate()
    wait_for("end", lambda: not any(Path(f"/proc/{p}").exists() for p in pids.values()), 30)
    second = Stack(tmp_path / "state")
    try:
        wait_for("stack", lambda: "traffic" in children(second.process.pid), 40)
        assert second.stop()[0] == 0
    finally:
        second.process.kill()
        second.process.communicate()


@pytest.mark.usefixtures("tools")
def test_a_taken_port_is_one_message_that_names_it_and_fresh_forgets_nothing(tmp_path: Path) -> None:
    base = free_base()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", base + OFFSETS["prometheus"]))
        taken.listen()
        kept = tmp_path / "state/kept"
        kept.parent.mkdir()
        kept.write_text("data of a stack that may be running")
        command = [SLO, "up", "--base-port", str(base), "--state", tmp_path / "state", "--fresh"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert kept.exists()
    assert f"port {base + 10} of prometheus is taken" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_bad_fault_or_duration_is_one_message(slo_cli: Callable[..., Any]) -> None:
    bad = {
        ("--fault", "gateway@60"): "expected SERVICE:KIND",
        ("--fault", "gatway:5xx@1s+1s"): "no such service",
        ("--duration", "soon"): "expected a duration",
    }
    for arguments, message in bad.items():
        result = slo_cli("up", *arguments)
        assert (result.returncode, message in result.stderr) == (2, True), result.stderr
