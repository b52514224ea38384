"""``/v1/workflows/{workflow_id}/events``: a workflow's progress as server-sent events.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from prometheus_client import Gauge

from somahub.peers import Peer, PeerError
from somahub.services.gateway.answers import MISSING, PASSED, REFUSED
from somahub.services.gateway.door import Caller, Door
from somahub.services.gateway.upstream import passing, status_of
from somahub.services.gateway.workflows import WorkflowId
from somahub.services.orchestrator.models import Workflow
from somahub.telemetry import Telemetry

_BROKEN = 500
_EVENTS = "gateway_stream_events_total"


class Seen(NamedTuple):
    """What a listener has: steps, and the status that it was told last. An event's id is its text."""

    steps: int = 0
    status: str = ""

    @classmethod
    def read(cls, ident: str) -> "Seen":
        """From ``Last-Event-ID``; from the beginning where that is none of ours."""
        steps, _, status = ident.partition(":")
        return cls(int(steps), status) if steps.isascii() and steps.isdigit() and len(steps) < 10 else cls()  # noqa: PLR2004

    def __str__(self) -> str:
        return f"{self.steps}:{self.status}"


def news(workflow: Workflow, seen: Seen) -> Iterator[tuple[Seen, ServerSentEvent]]:
    """The events that a listener lacks: each ``step`` that ended, then a ``status`` where it is another.

    Waiting for an approval counts as a status.
    """
    for step in workflow.steps[seen.steps :]:
        seen = Seen(seen.steps + 1, seen.status)
        yield seen, ServerSentEvent(event="step", id=str(seen), data={"number": seen.steps, "step": step})
    status = "waiting" if workflow.waits_for_approval else workflow.status
    if status != seen.status:
        seen = Seen(seen.steps, status)
        yield seen, ServerSentEvent(event="status", id=str(seen), data=workflow)


def events(telemetry: Telemetry, orchestrator: Peer, door: Door, every: float) -> APIRouter:
    """The stream's route; ``every`` is the seconds between two looks at the orchestrator."""
    router = APIRouter(prefix="/v1/workflows", tags=["workflows"], responses=REFUSED | PASSED | MISSING)

    async def look(workflow_id: str, caller: Caller) -> Workflow:
        path = f"/v1/workflows/{workflow_id}"
        return await orchestrator.call("GET", path, Workflow, token=caller.token)

    async def first(
        workflow_id: WorkflowId, caller: Annotated[Caller, Depends(door.needs("read"))]
    ) -> tuple[Workflow, Caller]:
        # Before the stream begins, a refusal can still be a status.
        with passing():
            return await look(workflow_id, caller), caller

    @router.get("/{workflow_id}/events", response_class=EventSourceResponse)
    async def stream(
        workflow_id: WorkflowId,
        found: Annotated[tuple[Workflow, Caller], Depends(first)],
        last_event_id: Annotated[str, Header(max_length=100)] = "",
    ) -> AsyncIterator[ServerSentEvent]:
        """Stream a workflow's steps and status until it is closed.

        While nothing happens, a comment comes every 15 s. Whoever comes back with ``Last-Event-ID`` gets what is new. An
        ``error`` event ends a stream that may not go on, such as when the token has expired.
        """
        workflow, caller = found
        seen = Seen.read(last_event_id)
        telemetry.child("gateway_event_streams", Gauge, {}).inc()
        try:
            while True:
                for reached, event in news(workflow, seen):
                    telemetry.count(_EVENTS, event=str(event.event))
                    yield event
                    seen = reached
                if workflow.status != "running":
                    return
                await asyncio.sleep(every)
                try:
                    workflow = await look(workflow_id, caller)
                except PeerError as error:
                    if status_of(error) < _BROKEN:
                        telemetry.count(_EVENTS, event="error")
                        yield ServerSentEvent(
                            event="error", data={"status": error.status, "detail": error.detail}
                        )
                        return
        finally:
            telemetry.child("gateway_event_streams", Gauge, {}).dec()

    return router
