"""The actions of the mix and their weights: sign-in 5 %, workflows 15 %, recall and tools 30 %, reads 50 %."""

import random
import uuid
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from somahub.traffic.client import Client

Action = Callable[[], Coroutine[None, None, None]]

_TOPICS = ("latency of the gateway", "a failing backup", "the new region", "cost of traces", "a full disk")
_KEPT = 50  # ids remembered of each kind


class Actions:
    """What can be done; each method is one action of one or more requests."""

    def __init__(self, client: Client, site: str) -> None:
        """``site`` is a URL that tools may fetch."""
        self._client = client
        self._site = site
        self.started: set[str] = set()
        self._workflows: deque[str] = deque(maxlen=_KEPT)
        self._sessions: deque[str] = deque(maxlen=_KEPT)
        self._memories: deque[str] = deque(maxlen=_KEPT)
        self.mix: dict[Action, float] = {
            self.sign_in: 5,
            self.start_workflow: 13,
            self.run_wizard: 2,
            self.recall: 12,
            self.remember: 4,
            self.forget: 1,
            self.use_objects: 10,
            self.fetch: 3,
            self.read: 50,
        }

    async def sign_in(self) -> None:
        """Sign one of the people in."""
        await self._client.sign_in(random.choice(self._client.people))  # noqa: S311 - a mix, not a secret

    async def start_workflow(self) -> None:
        """Start an agent's run with two tools; the first is taken back if the second fails."""
        name = uuid.uuid4().hex
        stored = {"bucket": "agents", "key": name}
        plan = {
            "goal": _topic(),
            "tools": [
                {
                    "tool": "object.put",
                    "arguments": {**stored, "content": name},
                    "undo": {"tool": "object.delete", "arguments": stored},
                },
                {"tool": "object.get", "arguments": stored},
            ],
        }
        body = {"workflow_id": name, "plan": plan}
        self._note(await self._client.call("start-workflow", "orchestrator", "POST /v1/workflows", body=body))

    async def run_wizard(self) -> None:
        """Open a session, answer a wizard's questions, submit, and follow the run to its end."""
        call = self._client.call
        session = await call("wizard", "gateway", "POST /v1/sessions", body={"purpose": "load"})
        if not session:
            return
        self._sessions.append(session["id"])
        base = f"/v1/sessions/{session['id']}/wizard"
        state = await call("wizard", "gateway", f"POST {base}", body={"wizard": "agent-task"})
        for step, answers in _answers().items():
            if state:
                state = await call("wizard", "gateway", f"PUT {base}/answers/{step}", body=answers)
        run = state and await call("wizard", "gateway", f"POST {base}/submit")
        if run:
            self._note(run)
            await self._client.stream("follow", "gateway", f"/v1/workflows/{run['workflow_id']}/events")
        if random.random() < 0.3:  # noqa: S311, PLR2004
            # Where runs take long, as many newer sessions may have pushed it out.
            with suppress(ValueError):
                self._sessions.remove(session["id"])
            await call("wizard", "gateway", f"DELETE /v1/sessions/{session['id']}")

    async def recall(self) -> None:
        """Look something up, now and then as a context window."""
        path = "/v1/context" if random.random() < 0.1 else "/v1/recall"  # noqa: S311, PLR2004
        await self._client.call("recall", "memory-gateway", f"POST {path}", body={"query": _topic()})

    async def remember(self) -> None:
        """Note something."""
        body = {"text": f"{_topic()}: {uuid.uuid4().hex}"}
        memory = await self._client.call("remember", "memory-gateway", "POST /v1/memories", body=body)
        if memory:
            self._memories.append(memory["id"])

    async def forget(self) -> None:
        """Forget what was noted first."""
        if self._memories:
            path = f"/v1/memories/{self._memories.popleft()}"
            await self._client.call("forget", "memory-gateway", f"DELETE {path}")

    async def use_objects(self) -> None:
        """Put an object, or get one that may not be there."""
        key = f"note-{random.randrange(_KEPT)}"  # noqa: S311
        if random.random() < 0.5:  # noqa: S311, PLR2004
            await self._invoke("object.put", {"bucket": "notes", "key": key, "content": _topic()})
        else:
            await self._invoke("object.get", {"bucket": "notes", "key": key})

    async def fetch(self) -> None:
        """Fetch a page."""
        await self._invoke("http.fetch", {"url": self._site})

    async def read(self) -> None:
        """Look at something that changes nothing."""
        service, path, by = random.choice(self._reads())  # noqa: S311
        await self._client.call("read", service, f"GET {path}", by=by)

    async def state(self, workflow_id: str) -> str:
        """How a workflow stands; empty if that can't be known now."""
        found = await self._client.call("drain", "orchestrator", f"GET /v1/workflows/{workflow_id}")
        return str(found["status"]) if found else ""

    def _reads(self) -> list[tuple[str, str, str]]:
        reads = [
            ("gateway", "/v1/sessions", "dev"),
            ("gateway", "/v1/wizards", "dev"),
            ("gateway", "/v1/workflows", "dev"),
            ("orchestrator", "/v1/workflows", "dev"),
            ("identity", "/v1/roles", "dev"),
            ("policy-engine", "/v1/constitution", "dev"),
            ("policy-engine", "/v1/decisions", "admin"),
            ("tool-service", "/v1/tools", "dev"),
        ]
        reads += [("gateway", f"/v1/sessions/{s}", "dev") for s in list(self._sessions)[-4:]]
        reads += [("gateway", f"/v1/workflows/{w}", "dev") for w in list(self._workflows)[-4:]]
        return reads + [("memory-gateway", f"/v1/memories/{m}", "dev") for m in list(self._memories)[-4:]]

    async def _invoke(self, tool: str, arguments: dict[str, Any]) -> None:
        body = {"arguments": arguments, "idempotency_key": uuid.uuid4().hex}
        await self._client.call("tool", "tool-service", f"POST /v1/tools/{tool}/invoke", body=body)

    def _note(self, run: Any) -> None:  # noqa: ANN401 - JSON
        if run:
            self.started.add(run["workflow_id"])
            self._workflows.append(run["workflow_id"])


def _topic() -> str:
    return random.choice(_TOPICS)  # noqa: S311


def _answers() -> dict[str, dict[str, Any]]:
    """Answers to the steps of the wizard ``agent-task``."""
    return {
        "goal": {"goal": _topic()},
        "inputs": {"topics": ["load"]},
        "result": {"keep": True},
        "place": {"key": f"{uuid.uuid4().hex}.txt"},
    }
