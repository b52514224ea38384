"""The whole loop with real processes: traffic, an outage, a page, and nothing left afterwards."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from stack import ROOT, Stack, alive, stacks, wait_for

Cli = Callable[..., subprocess.CompletedProcess[str]]
START = 90  # seconds for a stack on a busy machine


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Stack]]:
    yield from stacks(tmp_path / "state")


@pytest.mark.usefixtures("tools")
def test_the_readme_command_pages_in_time_and_the_report_counts_what_was_sent(
    start: Callable[..., Stack], slo_cli: Cli, tmp_path: Path
) -> None:
    (arguments,) = re.findall(r'^make up ARGS="(.*)"$', (ROOT / "README.md").read_text(), re.MULTILINE)
    assert arguments == "--duration 180s --fault gateway:5xx@20s+100s"
    stack = start(arguments, make=True)
    wait_for("traffic", stack.running, START)
    running = stack.processes()
    # The outage starts 20 s after the traffic and needs 52 s to be worth a page.
    wait_for("page in Prometheus", lambda: stack.firing("gateway-availability"), 115)
    wait_for("page in the pager", lambda: stack.stored("gateway-availability"), 90)
    out, err = stack.process.communicate(timeout=240)
    assert stack.process.returncode == 0, out + err
    assert "gateway-availability" in out
    assert not [name for name, pid in running.items() if alive(pid)]

    rows, pages = reported(slo_cli, stack)
    sent = json.loads((stack.state / "traffic.json").read_text())["answers"]["gateway"]
    assert sum(sent.values()) > 1000
    availability = rows["gateway-availability"]
    assert availability["total"] == pytest.approx(sum(sent.values()), rel=0.01)
    assert availability["bad"] == pytest.approx(sent["5xx"], rel=0.01)
    # From the start of Prometheus to its end: the run itself, and what starts before and ends after it.
    assert 180 <= availability["coverage"] * 30 * 86400 <= 240
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


def test_a_bad_fault_or_duration_is_one_message(slo_cli: Callable[..., Any]) -> None:
    bad = {
        ("--fault", "gateway@60"): "expected SERVICE:KIND",
        ("--fault", "gatway:5xx@1s+1s"): "no such part",
        ("--duration", "soon"): "expected a duration",
    }
    for arguments, message in bad.items():
        result = slo_cli("up", *arguments)
        assert (result.returncode, message in result.stderr) == (2, True), result.stderr
