"""The whole platform with real processes: what it emits, what it survives, and whom an outage touches."""

import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from stack import Stack, stacks, wait_for

Cli = Callable[..., subprocess.CompletedProcess[str]]
START = 120  # seconds for a stack on a busy machine
SERVICES = ("gateway", "orchestrator", "identity", "policy-engine", "memory-gateway", "tool-service")
# Whom the loss of a dependency makes unready: those that need it, by the spec.
NEEDED_BY = {
    "redis": {"gateway", "identity", "policy-engine", "memory-gateway"},
    "postgresql": {"identity"},
    "temporal": {"orchestrator"},
    "qdrant": {"memory-gateway"},
    "minio": {"tool-service"},
}


class Person:
    """Someone who uses the platform by hand."""

    def __init__(self, stack: Stack, name: str = "dev") -> None:
        self.stack = stack
        self.password = (stack.state / f"secrets/{name}.password").read_text()
        self.name = name
        self.token = ""

    def sign_in(self) -> bool:
        form = {"grant_type": "password", "username": self.name, "password": self.password}
        answer = httpx.post(f"{self.stack.url('identity')}/v1/token", data=form, timeout=10)
        if answer.is_success:
            self.token = answer.json()["access_token"]
        return answer.is_success

    def ask(self, service: str, request: str, body: object = None, **headers: str) -> httpx.Response:
        method, _, path = request.partition(" ")
        sent = {"authorization": f"Bearer {self.token}", **headers}
        return httpx.request(method, self.stack.url(service) + path, json=body, headers=sent, timeout=20)


@pytest.fixture(scope="module")
def stack(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One stack for all tests here, which leave it well again."""
    assert tools
    started = stacks(tmp_path_factory.mktemp("platform") / "state")
    for start in started:
        running = start("--rate", "15")
        wait_for("platform", running.running, START)
        yield running


@pytest.fixture(scope="module")
def dev(stack: Stack) -> Person:
    person = Person(stack)
    wait_for("sign-in", person.sign_in, 20)
    return person


def unready(stack: Stack) -> set[str]:
    return {name for name in SERVICES if httpx.get(f"{stack.url(name)}/ready", timeout=10).status_code == 503}


def well(stack: Stack) -> bool:
    return not unready(stack)


def burning(stack: Stack) -> dict[str, float]:
    """Bad seconds a second, by the uptime objective of each dependency."""
    ids = "|".join(f"{name}-uptime" for name in NEEDED_BY)
    found = stack.query(f'slo:events_bad:rate5m{{slo_id=~"{ids}"}}')
    return {row["metric"]["slo_id"]: float(row["value"][1]) for row in found}


def grown(before: dict[str, float], after: dict[str, float]) -> set[str]:
    return {slo for slo, value in after.items() if value > before[slo] + 0.01}


def spans(stack: Stack, trace: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{stack.url('otlp')}/v1/traces/{trace}").json()
    return found


def test_a_wizards_run_is_one_trace_through_all_six_services(stack: Stack, dev: Person) -> None:
    trace = os.urandom(16).hex()
    parent = {"traceparent": f"00-{trace}-{os.urandom(8).hex()}-01"}
    session = dev.ask("gateway", "POST /v1/sessions", {"purpose": "a trace"}, **parent).json()["id"]
    wizard = f"/v1/sessions/{session}/wizard"
    answers = {"goal": {"goal": "look"}, "inputs": {}, "result": {"keep": True}, "place": {"key": "a.txt"}}
    dev.ask("gateway", f"POST {wizard}", {"wizard": "agent-task"}, **parent)
    for step, given in answers.items():
        assert dev.ask("gateway", f"PUT {wizard}/answers/{step}", given, **parent).is_success
    run = dev.ask("gateway", f"POST {wizard}/submit", **parent).json()["workflow_id"]
    wait_for(
        "end",
        lambda: dev.ask("gateway", f"GET /v1/workflows/{run}").json()["status"] == "completed",
        30,
    )

    def whole() -> bool:
        found = spans(stack, trace)
        outside = {span["parent_id"] for span in found} - {span["span_id"] for span in found}
        crossed = {*SERVICES, "orchestrator-worker"} <= {span["service"] for span in found}
        # All but the first have a parent in the trace.
        return crossed and outside == {parent["traceparent"].split("-")[2]}

    wait_for("a whole trace through all services", whole, 20)
    logs = stack.state / "logs"
    for name in (*SERVICES, "orchestrator-worker"):
        lines = [
            json.loads(line) for line in (logs / f"{name}.log").read_text().splitlines() if trace in line
        ]
        assert lines, name
        assert {line["trace_id"] for line in lines} == {trace}
    accept = {"accept": "application/openmetrics-text; version=1.0.0"}
    exposed = [httpx.get(f"{stack.url(name)}/metrics", headers=accept).text for name in SERVICES]
    assert any(f'trace_id="{trace}"' in text for text in exposed)


def test_every_declared_signal_is_emitted_and_no_other(stack: Stack, slo_cli: Cli) -> None:
    def clean() -> bool:
        result = slo_cli("verify", "--state", stack.state)
        assert result.returncode in {0, 1}, result.stdout + result.stderr
        return result.returncode == 0

    try:
        wait_for("a clean contract", clean, 120)
    except AssertionError:
        pytest.fail(slo_cli("verify", "--state", stack.state).stdout)


@pytest.mark.parametrize("dependency", NEEDED_BY)
def test_an_outage_makes_those_unready_that_need_it_and_spends_its_own_budget_only(
    stack: Stack, dev: Person, dependency: str
) -> None:
    wait_for("all well", lambda: well(stack), 60)
    wait_for("records", lambda: len(burning(stack)) == len(NEEDED_BY), 30)
    before = burning(stack)
    with stack.failing(dependency, "down"):
        wait_for("unready", lambda: unready(stack) == NEEDED_BY[dependency], 30)
        for service in SERVICES:
            # Nobody's process is lost, and what does not need the dependency goes on.
            assert httpx.get(f"{stack.url(service)}/health").is_success
        assert dev.ask("gateway", "GET /v1/wizards").status_code == 200
        assert dev.ask("tool-service", "GET /v1/tools").status_code == 200
        if dependency != "qdrant":
            assert dev.ask("memory-gateway", "POST /v1/recall", {"query": "x"}).status_code == 200
        if dependency != "temporal":
            assert dev.ask("gateway", "GET /v1/workflows").status_code == 200
        wait_for("degraded", lambda: stack.query("max(degraded) == 1"), 30)
        # What failed in the 5 minutes before fades; only what fails now grows.
        wait_for("budget", lambda: grown(before, burning(stack)) == {f"{dependency}-uptime"}, 60)
    wait_for("recovery", lambda: well(stack), 90)
    assert dev.ask("gateway", "GET /v1/workflows").status_code == 200


def test_kills_lose_no_workflow_and_no_acknowledged_write(stack: Stack, dev: Person) -> None:
    wait_for("all well", lambda: well(stack), 90)
    started, memories = [], {}

    def work() -> None:
        key = f"kill-{len(started)}-{len(memories)}"
        plan = {"goal": key, "tools": [{"tool": "object.put", "arguments": {"key": key, "content": "once"}}]}
        try:
            run = dev.ask("orchestrator", "POST /v1/workflows", {"workflow_id": key, "plan": plan})
            if run.status_code == 202:
                started.append(key)
            memory = dev.ask("memory-gateway", "POST /v1/memories", {"text": key})
            if memory.status_code == 201:
                memories[memory.json()["id"]] = key
        except httpx.HTTPError:
            pass  # not acknowledged

    for victim in ("orchestrator-worker", "temporal", *SERVICES):
        for _ in range(3):
            work()
        os.kill(stack.processes()[victim], signal.SIGKILL)
        for _ in range(3):
            work()
        wait_for(f"{victim} again", lambda victim=victim: victim in stack.processes(), 30)
        wait_for("all well", lambda: well(stack), 90)
    assert len(started) > 20
    wait_for("a sign-in", dev.sign_in, 30)

    def states() -> Counter[str]:
        found = (dev.ask("orchestrator", f"GET /v1/workflows/{key}").json() for key in started)
        return Counter(run["status"] for run in found)

    wait_for("all ends", lambda: states() == {"completed": len(started)}, 120)
    for ident, text in memories.items():
        assert dev.ask("memory-gateway", f"GET /v1/memories/{ident}").json()["text"] == text


def test_the_history_keeps_what_happened_and_tells_the_budgets_of_long_periods(
    stack: Stack, slo_cli: Cli
) -> None:
    selector = 'slo:period_events_total:sum{slo_id="gateway-availability",job="",instance=""}'
    # A slot is kept within 6 minutes of its beginning; by then, the tests before have gone on for about as long.
    wait_for("figures", lambda: stack.query(f"{selector} > 0"), 420)
    assert not stack.query("count without (job, instance) (slo:period_coverage:ratio) > 1")
    assert stack.query("slo_history_lag_seconds < 900")
    store = f"sqlite:///{stack.state / 'history.db'}"
    checked = slo_cli("history", "check", "--store", store)
    assert checked.returncode == 0, checked.stderr
    gate = slo_cli("gate", "gateway", "--store", store)
    assert "gateway-availability: nothing" not in gate.stdout, gate.stdout

    def backed_up() -> bool:
        found = stack.query('backup_last_success_timestamp_seconds{store=~"history|pager"} > 0')
        return len(found) == 2

    wait_for("backups", backed_up, 90)
