"""A stack that is killed, and one that does not start."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from stack import OFFSETS, SLO, Stack, alive, free_base, stacks, wait_for

START = 90  # seconds for a stack on a busy machine


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Stack]]:
    yield from stacks(tmp_path / "state")


@pytest.mark.usefixtures("tools")
def test_a_killed_supervisor_leaves_no_process_and_its_state_goes_on(start: Callable[..., Stack]) -> None:
    first = start("--rate", "5")
    wait_for("stack", first.running, START)
    pids = first.processes()
    first.kill()
    wait_for("end", lambda: not any(map(alive, pids.values())), 30)
    second = start("--rate", "5")
    wait_for("stack", second.running, START)

    before = second.processes()
    killed = ("gateway", "prometheus", "alertmanager")
    for name in killed:
        os.kill(before[name], signal.SIGKILL)

    def restarted() -> bool:
        now = second.processes()
        return all(now.get(name) not in (None, before[name]) for name in killed)

    wait_for("restart", restarted, 30)
    for name, path in {"gateway": "ready", "prometheus": "-/ready", "alertmanager": "-/ready"}.items():
        url = f"{second.url(name)}/{path}"
        wait_for(name, lambda url=url: httpx.get(url).is_success, 30)
    again = time.time()
    wait_for("scrape", lambda: second.query(f'timestamp(up{{job="gateway"}} == 1) > {again}'), 30)
    wait_for("rules", lambda: second.query(f"timestamp(slo:events_total:rate5m) > {again}"), 30)
    code, output = second.stop()
    assert code == 0, output
    for name in killed:
        assert f"{name} ended (SIGKILL); restarting" in " ".join(output.split())


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
