"""What a workflow does outside: each activity is one request to another service, and may be tried again."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

from temporalio import activity
from temporalio.exceptions import ApplicationError

from somahub.peers import Peer, PeerError
from somahub.services.memory_gateway.models import Context, ContextRequest, Memory, NewMemory
from somahub.services.orchestrator.tasks import NO_EFFECT, Asked, Closed, Note, Use
from somahub.services.policy_engine.models import Decision, Question
from somahub.services.tool_service.models import Invocation, Result
from somahub.telemetry import Telemetry

_T = TypeVar("_T")

# Client errors that asking again may heal: a key not yet known, a request still under way, too many of them.
_HEALING = frozenset({401, 408, 409, 425, 429})
# Outcomes that the same key would only be told again.
_FINAL = frozenset({"rejected", "unknown"})
_OUTPUT = 32 * 1024  # bytes of a tool's output that are kept; Temporal refuses results above 2 MiB
_MEMORY = 20_000  # characters that the memory gateway takes
_TOOL_TIMEOUT = 15.0  # seconds, below the time of one try


class Peers(NamedTuple):
    """The services that a workflow asks."""

    policy_engine: Peer
    memory_gateway: Peer
    tool_service: Peer


class Activities:
    """The activities of ``AgentRun``, by the names of the methods."""

    def __init__(self, telemetry: Telemetry, peers: Peers) -> None:
        self._telemetry = telemetry
        self._peers = peers

    @property
    def all(self) -> Sequence[Callable[..., Any]]:
        """What a worker registers."""
        return [self.check_policy, self.recall, self.use_tool, self.remember, self.close]

    @activity.defn
    async def check_policy(self, asked: Asked) -> Decision:
        """Ask whether the run is allowed; the first activity, so it tells how long the start took."""
        if activity.info().attempt == 1:
            took = (datetime.now(UTC) - asked.accepted_at).total_seconds()
            self._telemetry.observe("workflow_start_duration_seconds", max(took, 0))
        plan = asked.plan
        question = Question(
            action=plan.action,
            subject=asked.subject,
            resource=plan.resource,
            tenant=asked.tenant,
            context={"goal": plan.goal, "tools": [step.tool for step in plan.tools]},
        )
        return await _asked(self._peers.policy_engine.call("POST", "/v1/evaluate", Decision, question))

    @activity.defn
    async def recall(self, asked: Asked) -> str:
        """Assemble what the tenant's memory has on the goal."""
        request = ContextRequest(tenant=asked.tenant, query=asked.plan.goal)
        context = await _asked(self._peers.memory_gateway.call("POST", "/v1/context", Context, request))
        return context.text

    @activity.defn
    async def use_tool(self, use: Use) -> Any:  # noqa: ANN401 - JSON
        """Invoke a tool; its output, or nothing where that is too long to be kept."""
        invocation = Invocation(
            tenant=use.tenant,
            arguments=use.tool.arguments,
            idempotency_key=use.key,
            timeout=_TOOL_TIMEOUT,
        )
        path = f"/v1/tools/{quote(use.tool.tool, safe='')}/invoke"
        result = await _asked(self._peers.tool_service.call("POST", path, Result, invocation))
        if result.outcome != "success":
            # A result that is told again stays what it is; all others had no effect, and leave the key free.
            final = result.outcome in _FINAL or result.replayed
            raise ApplicationError(
                f"{use.step}: {result.outcome}: {result.error}",
                type=NO_EFFECT if result.outcome == "rejected" else result.outcome,
                non_retryable=final,
            )
        if use.undoes:
            self._telemetry.count("orchestrator_steps_undone_total")
        return result.output if len(json.dumps(result.output)) <= _OUTPUT else None

    @activity.defn
    async def remember(self, note: Note) -> str:
        """Store what was done for which goal; the memory's id."""
        text = f"{note.goal}\n{json.dumps(note.outputs, ensure_ascii=False)}"[:_MEMORY]
        memory = NewMemory(tenant=note.tenant, text=text, key=note.key, tags={"source": "agent-run"})
        return (await _asked(self._peers.memory_gateway.call("POST", "/v1/memories", Memory, memory))).id

    @activity.defn
    async def close(self, closed: Closed) -> None:
        """Count how the workflow ended; only an answer has a response time."""
        self._telemetry.count("orchestrator_workflows_closed_total", outcome=closed.outcome)
        if closed.outcome in {"completed", "rejected"}:
            self._telemetry.observe("agent_response_duration_seconds", max(closed.seconds, 0))
        self._telemetry.event(
            "workflow.closed",
            workflow_id=activity.info().workflow_id,
            tenant=closed.tenant,
            outcome=closed.outcome,
            seconds=round(closed.seconds, 3),
        )


async def _asked(request: Awaitable[_T]) -> _T:
    """The answer of a peer; what asking again can't heal is told so to Temporal."""
    try:
        return await request
    except PeerError as error:
        retryable = error.transient or error.status in _HEALING
        kind = "PeerError" if retryable else NO_EFFECT
        raise ApplicationError(str(error), type=kind, non_retryable=not retryable) from error
