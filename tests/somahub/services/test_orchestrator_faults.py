"""What is killed comes back, and no workflow is lost or has an effect twice."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hub import Api, settings_for, undone
from live import free_port, wait_for
from temporal import Others, TemporalServer

from somahub.services.orchestrator.settings import Settings


class WorkerProcess:
    """A worker as a process of its own."""

    def __init__(self, settings: Settings, log: Path) -> None:
        names = (
            "temporal_address",
            "task_queue",
            "policy_engine_url",
            "memory_gateway_url",
            "tool_service_url",
        )
        own = {f"ORCHESTRATOR_{name}".upper(): str(getattr(settings, name)) for name in names}
        self.port = free_port()
        self.environment = os.environ | own | {"ORCHESTRATOR_WORKER_PORT": str(self.port)}
        self.log = log

    def start(self) -> None:
        argv = [sys.executable, "-m", "somahub.services.orchestrator.worker"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(argv, env=self.environment, stdout=log, stderr=log)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TemporalServer]:
    server = TemporalServer(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def others() -> Iterator[Others]:
    others = Others()
    yield others
    others.stop()


@pytest.fixture
def worker(server: TemporalServer, others: Others, tmp_path: Path) -> Iterator[WorkerProcess]:
    worker = WorkerProcess(settings_for(server, others), tmp_path / "worker.log")
    worker.start()
    yield worker
    worker.kill()


@pytest.fixture
def api(server: TemporalServer, others: Others) -> Iterator[Api]:
    api = Api(settings_for(server, others))
    with api.client:
        yield api


def test_without_temporal_the_service_lives_unready_and_goes_on_once_it_is_there(
    server: TemporalServer, worker: WorkerProcess, api: Api, others: Others
) -> None:
    plan = {"goal": "g", "tools": [{"tool": "first"}]}
    assert api.client.get("/health").status_code == 200
    assert api.client.get("/ready").status_code == 503
    begun = time.monotonic()
    answer = api.client.post("/v1/workflows", json={"plan": plan})
    assert (answer.status_code, time.monotonic() - begun < 5) == (503, True)
    assert answer.json()["detail"].startswith("Temporal does not answer")
    assert wait_for(lambda: worker.get("/health")).status_code == 200
    server.start()
    wait_for(lambda: api.client.get("/ready").status_code == 200 or None)
    assert api.ended(api.start("first"))["status"] == "completed"
    assert others.effects == ["first"]


def test_kill_of_the_worker_and_of_temporal_loses_no_workflow_and_repeats_no_effect(
    server: TemporalServer, worker: WorkerProcess, api: Api, others: Others
) -> None:
    server.start()
    started = [api.start(f"a{n}", f"held{n}", f"z{n}") for n in range(10)]
    failing = api.start(undone("done", "undone"), "held-last", "refused")
    wait_for(lambda: sum(call.startswith("held") for call in others.calls) == len(started) + 1)
    worker.kill()
    worker.start()
    server.kill()
    assert api.client.get(f"/v1/workflows/{failing}").status_code == 503
    others.hold.set()
    server.start()
    wait_for(lambda: api.client.get("/ready").status_code == 200 or None)
    assert {api.ended(w)["status"] for w in started} == {"completed"}
    assert api.ended(failing)["status"] == "failed"
    expected = [f"{tool}{n}" for n in range(10) for tool in ("a", "held", "z")]
    assert Counter(others.effects) == Counter([*expected, "done", "held-last", "undone"])
    assert len(others.memories) == len(started)


def test_a_worker_that_is_told_to_stop_hands_over_what_it_has(
    server: TemporalServer, worker: WorkerProcess, api: Api, others: Others
) -> None:
    server.start()
    workflow_id = api.start("first", "held")
    wait_for(lambda: "held" in others.calls)
    worker.process.terminate()
    others.hold.set()
    worker.process.wait(60)
    worker.start()
    assert api.ended(workflow_id)["status"] == "completed"
    assert others.effects == ["first", "held"]
