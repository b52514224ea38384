"""The orchestrator's API, alone or with a worker, in the process of a test."""

import asyncio
from typing import Any

from fastapi.testclient import TestClient
from live import wait_for
from service import Signals
from temporal import Others, TemporalServer

from somahub.services.orchestrator.agent_worker import AgentWorker, create_worker_app
from somahub.services.orchestrator.app import create_app
from somahub.services.orchestrator.parts import checks, peers
from somahub.services.orchestrator.propagation import Propagation
from somahub.services.orchestrator.runs import Runs
from somahub.services.orchestrator.settings import Settings
from somahub.services.orchestrator.spec import orchestrator, orchestrator_worker
from somahub.services.orchestrator.temporal import connect


async def fine() -> None:
    """Identity, which these tests do without."""


class Api:
    """The orchestrator's API against a Temporal and the other services."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.signals = Signals(orchestrator)
        telemetry = self.signals.telemetry
        temporal = asyncio.run(connect(settings, [Propagation(telemetry)]))
        known = {"identity": fine, **checks(peers(telemetry, settings))}
        self.app = create_app(telemetry, self.signals.guard, Runs(temporal, settings.task_queue), known)
        self.client = TestClient(
            self.app, headers=self.signals.issuer.headers(), raise_server_exceptions=False
        )

    def start(self, *tools: str | dict[str, Any], workflow_id: str = "", **plan: Any) -> str:  # noqa: ANN401
        steps = [{"tool": t} if isinstance(t, str) else t for t in tools]
        body = {"workflow_id": workflow_id, "plan": {"goal": "find out", "tools": steps, **plan}}
        answer = self.client.post("/v1/workflows", json=body)
        assert answer.status_code == 202, answer.text
        started: str = answer.json()["workflow_id"]
        return started

    def get(self, workflow_id: str) -> dict[str, Any]:
        answer = self.client.get(f"/v1/workflows/{workflow_id}")
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def ended(self, workflow_id: str, seconds: float = 90) -> dict[str, Any]:
        wait_for(lambda: self.get(workflow_id)["status"] != "running", seconds)
        return self.get(workflow_id)


class Hub(Api):
    """The API and a worker in this process."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.worker_signals = Signals(orchestrator_worker)
        telemetry = self.worker_signals.telemetry
        asked = peers(telemetry, settings)
        worker = AgentWorker(telemetry, settings, asked)
        self.worker = TestClient(create_worker_app(telemetry, worker, {"identity": fine, **checks(asked)}))


def undone(tool: str, by: str) -> dict[str, Any]:
    return {"tool": tool, "undo": {"tool": by}}


def settings_for(server: TemporalServer, others: Others) -> Settings:
    """Settings of an orchestrator between a Temporal and the other services."""
    urls = {f"{name}_url": others.url for name in ("policy_engine", "memory_gateway", "tool_service")}
    return Settings.model_validate({"temporal_address": server.address, "task_queue": "t", **urls})
