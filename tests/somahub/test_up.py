"""The whole loop with real processes: traffic, an outage, a page, and nothing left afterwards."""

import contextlib
import json
import os
import re
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

ROOT = Path(__file__).parents[2]
Cli = Callable[..., subprocess.CompletedProcess[str]]
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
    # Below the range from which the kernel takes ports for outgoing connections.
    for base in range(20000 + os.getpid() % 500 * 20, 32000, 20):
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
    """Name each supervised process below a process by its command line."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        line = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
        name = next((n for mark, n in MARKS.items() if mark in line), None)
        found |= {name: int(child)} if name else children(int(child))
    return found


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

    def query(self, expression: str) -> list[dict[str, Any]]:
        answer = httpx.get(f"{self.url('prometheus')}/api/v1/query", params={"query": expression})
        # A Prometheus that still reads its data answers 503 in plain text: not yet, rather than nothing.
        answer.raise_for_status()
        result: list[dict[str, Any]] = answer.json()["data"]["result"]
        return result

    def kill(self) -> None:
        """End the command and what it runs; what that started ends with it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def stop(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out + err


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Stack]]:
    """Start stacks on state of the test's own; what still runs at its end is killed."""
    stacks: list[Stack] = []

    def run(*arguments: str, make: bool = False) -> Stack:
        stacks.append(Stack(tmp_path / "state", *arguments, make=make))
        return stacks[-1]

    yield run
    for stack in stacks:
        stack.kill()


def firing(stack: Stack, slo: str, alert: str = "ErrorBudgetBurnFast") -> list[dict[str, Any]]:
    return stack.query(f'ALERTS{{alertname="{alert}",slo_id="{slo}",alertstate="firing"}}')


def stored(stack: Stack, slo: str) -> list[dict[str, Any]]:
    pages = httpx.get(f"{stack.url('pager')}/pages").json()
    return [p for p in pages if (p["labels"]["slo_id"], p["labels"]["severity"]) == (slo, "page")]


@pytest.mark.slow
@pytest.mark.usefixtures("tools")
def test_the_readme_command_pages_in_time_and_the_report_counts_what_was_sent(
    start: Callable[..., Stack], slo_cli: Cli, tmp_path: Path
) -> None:
    (arguments,) = re.findall(r'^make up ARGS="(.*)"$', (ROOT / "README.md").read_text(), re.MULTILINE)
    assert arguments == "--duration 240s --fault gateway:5xx@60s+120s"
    began = time.monotonic()
    stack = start(arguments, make=True)
    wait_for("traffic", lambda: "traffic" in children(stack.process.pid), 30)
    running = children(stack.process.pid)
    # The outage starts 60 s after the command and needs 52 s to be worth a page.
    wait_for(
        "page in Prometheus", lambda: firing(stack, "gateway-availability"), 135 - (time.monotonic() - began)
    )
    wait_for("page in the pager", lambda: stored(stack, "gateway-availability"), 30)
    out, err = stack.process.communicate(timeout=240)
    assert stack.process.returncode == 0, out + err
    assert "gateway-availability" in out
    assert not [pid for pid in running.values() if Path(f"/proc/{pid}").exists()]

    rows, pages = reported(slo_cli, stack)
    sent = json.loads((stack.state / "traffic.json").read_text())
    assert sum(sent.values()) > 2000
    availability = rows["gateway-availability"]
    assert availability["total"] == pytest.approx(sum(sent.values()), rel=0.01)
    assert availability["bad"] == pytest.approx(sent["5xx"], rel=0.01)
    assert availability["coverage"] == pytest.approx(240 / (30 * 86400), rel=0.1)
    assert rows["gateway-uptime"]["bad"] == 0
    assert {p["slo_id"] for p in pages if p["severity"] == "page"} == {"gateway-availability"}
    page = tmp_path / "report.html"
    assert slo_cli("report", "--state", stack.state, "--out", page).returncode == 0
    assert "gateway-availability" in page.read_text()


def reported(slo_cli: Cli, stack: Stack) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """What ``slo report`` says: SLOs by id, and pages."""
    result = slo_cli("report", "--state", stack.state, "--format", "json", "--out", "-")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    return {row["slo_id"]: row for row in report["slos"]}, report["pages"]


@pytest.mark.slow
@pytest.mark.usefixtures("tools")
def test_a_gateway_that_is_down_spends_uptime_and_pages_and_the_request_page_stands(
    start: Callable[..., Stack], slo_cli: Cli
) -> None:
    stack = start("--fault", "gateway:5xx@10s+60s", "--fault", "gateway:down@70s+90s")
    wait_for("page on requests", lambda: firing(stack, "gateway-availability"), 100)
    wait_for("down", lambda: "gateway" not in children(stack.process.pid), 60)
    wait_for("page on uptime", lambda: stored(stack, "gateway-uptime"), 90)
    wait_for("up again", lambda: "gateway" in children(stack.process.pid), 60)
    # Nothing was requested for 90 s: what was known last still stands, in Prometheus and with who is on call.
    assert firing(stack, "gateway-availability")
    assert [p["status"] for p in stored(stack, "gateway-availability")] == ["firing"]
    running, _ = reported(slo_cli, stack)
    wait_for("scrape", lambda: stack.query('up{job="gateway"} == 1'), 30)
    code, output = stack.stop()
    assert code == 0, output
    rows, _ = reported(slo_cli, stack)
    assert rows["gateway-uptime"]["bad"] == pytest.approx(90, abs=5)
    assert running["gateway-uptime"]["bad"] <= rows["gateway-uptime"]["bad"]


@pytest.mark.usefixtures("tools")
def test_what_is_killed_is_named_and_restarted_and_the_loop_goes_on(start: Callable[..., Stack]) -> None:
    stack = start()
    wait_for("traffic", lambda: "traffic" in children(stack.process.pid), 30)
    before = children(stack.process.pid)
    killed = ("gateway", "prometheus", "alertmanager")
    for name in killed:
        os.kill(before[name], signal.SIGKILL)

    def restarted() -> bool:
        now = children(stack.process.pid)
        return all(now.get(name) not in (None, before[name]) for name in killed)

    wait_for("restart", restarted, 30)
    for name, path in {"gateway": "ready", "prometheus": "-/ready", "alertmanager": "-/ready"}.items():
        url = f"{stack.url(name)}/{path}"
        wait_for(name, lambda url=url: httpx.get(url).is_success, 30)
    again = time.time()
    wait_for("scrape", lambda: stack.query(f'timestamp(up{{job="gateway"}} == 1) > {again}'), 30)
    wait_for("rules", lambda: stack.query(f"timestamp(slo:events_total:rate5m) > {again}"), 30)
    code, output = stack.stop()
    assert code == 0, output
    for name in killed:
        assert f"{name} ended (SIGKILL); restarting" in " ".join(output.split())


@pytest.mark.usefixtures("tools")
def test_a_killed_supervisor_leaves_no_process_and_its_state_can_be_used_again(
    start: Callable[..., Stack],
) -> None:
    first = start()
    wait_for("stack", lambda: "traffic" in children(first.process.pid), 40)
    pids = children(first.process.pid)
    first.kill()
    wait_for("end", lambda: not any(Path(f"/proc/{p}").exists() for p in pids.values()), 30)
    second = start()
    wait_for("stack", lambda: "traffic" in children(second.process.pid), 40)
    assert second.stop()[0] == 0


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
