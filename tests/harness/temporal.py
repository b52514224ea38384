"""A Temporal server that can be killed, and the services that workflows ask, counting what they are asked."""

import asyncio
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import httpx
from fastapi import FastAPI, HTTPException
from live import answers, free_port, served, wait_for
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from somahub.services.memory_gateway.models import Context, ContextRequest, Memory, NewMemory
from somahub.services.policy_engine.models import Decision, Question
from somahub.services.tool_service.models import Invocation, Result


class TemporalServer:
    """The development server on a file, which survives it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "temporal.db"
        self.port, self.metrics_port = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def metrics(self) -> str:
        return httpx.get(f"http://127.0.0.1:{self.metrics_port}/metrics").text

    def start(self) -> None:
        # It picks one more port, crashes when another process was quicker there, and is started anew by whoever tends it.
        wait_for(self._runs)

    def _runs(self) -> bool:
        command = Path(sys.executable).with_name("temporal")
        options = ("--headless", "--ip", "127.0.0.1", "--log-level", "never", "--db-filename", self.file)
        quick = ("--sqlite-pragma", "synchronous=off")  # the kernel keeps what a killed process wrote
        ports = ("--port", str(self.port), "--metrics-port", str(self.metrics_port))
        argv = [command, "server", "start-dev", *options, *quick, *ports]
        process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._process = process
        wait_for(lambda: self._serves() or process.poll() is not None)
        return process.poll() is None

    def _serves(self) -> bool:
        """Its port is open some time before it takes requests."""
        try:
            return answers(self.port) and asyncio.run(_has_namespace(self.address))
        except (RuntimeError, RPCError):
            return False

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()


async def _has_namespace(address: str) -> bool:
    client = await Client.connect(address)
    asked = DescribeNamespaceRequest(namespace=client.namespace)
    return bool(await client.workflow_service.describe_namespace(asked))


class Others:
    """Policy engine, memory gateway and tool service as one server, which can go and come back.

    A tool's effect happens once a key. The name of a tool says what it does: ``refused…`` is rejected, of ``unclear…`` nobody knows
    what it did, ``held…`` waits to be let go, ``lost…`` has its effect but answers 503 at the first call.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.allow = True
        self.hold = threading.Event()
        self.questions: list[Question] = []
        self.calls: list[str] = []
        self.effects: list[str] = []
        self.keys: set[str] = set()
        self.memories: dict[str, NewMemory] = {}
        self.traces: set[str] = set()
        self._app = self._make()
        self._served = ExitStack()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._served.enter_context(served(self._app, self.port))

    def stop(self) -> None:
        self.hold.set()
        self._served.close()

    def _make(self) -> FastAPI:
        app = FastAPI()

        @app.get("/health")
        async def health() -> str:
            return "alive"

        @app.post("/v1/evaluate")
        async def evaluate(question: Question) -> Decision:
            self.questions.append(question)
            reasons = ("agents may run",) if self.allow else ("not on a Friday",)
            return Decision(decision_id="d", allow=self.allow, reasons=reasons, constitution="1")

        @app.post("/v1/context")
        async def context(request: ContextRequest) -> Context:
            return Context(text=f"{request.tenant} knows", tokens=2, memory_ids=())

        @app.post("/v1/memories", status_code=201)
        async def remember(memory: NewMemory) -> Memory:
            self.memories[memory.key] = memory
            told = {"id": "m", "tenant": memory.tenant, "text": memory.text, "tags": memory.tags}
            return Memory.model_validate({**told, "created_at": "2026-01-01T00:00:00Z"})

        @app.post("/v1/tools/{tool}/invoke")
        def invoke(tool: str, invocation: Invocation) -> Result:
            key = invocation.idempotency_key
            self.calls.append(tool)
            if tool.startswith(("refused", "unclear")):
                return self._result(tool, key, "rejected" if tool.startswith("refused") else "unknown")
            if tool.startswith("held"):
                self.hold.wait(60)
            seen = key in self.keys
            if not seen:
                self.keys.add(key)
                self.effects.append(tool)
                if tool.startswith("lost"):
                    raise HTTPException(503, "gone")
            return self._result(tool, key, "success")

        return app

    @staticmethod
    def _result(tool: str, key: str, outcome: str) -> Result:
        said = {"tool": tool, "idempotency_key": key, "outcome": outcome, "attempts": 1}
        return Result.model_validate({**said, "output": f"{tool} did", "error": f"{tool} said"})
