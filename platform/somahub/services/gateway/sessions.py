"""``/v1/sessions``."""

import uuid
from typing import Annotated, NoReturn

from fastapi import APIRouter, Depends, HTTPException, Query, Response

from somahub.services.gateway.answers import MISSING, REFUSED
from somahub.services.gateway.door import Caller, Door
from somahub.services.gateway.store import NewSession, Session, SessionStore
from somahub.telemetry import Telemetry


def sessions(telemetry: Telemetry, store: SessionStore, door: Door) -> APIRouter:
    """Routes on the caller's own sessions."""
    router = APIRouter(prefix="/v1/sessions", tags=["sessions"], responses=REFUSED)
    reads = door.needs("read")
    writes = door.needs("deploy")

    @router.post("", status_code=201)
    def create(new: NewSession, response: Response, caller: Annotated[Caller, Depends(writes)]) -> Session:
        """Open a session."""
        with telemetry.span("session.store"):
            session = store.create(caller.principal, new)
        telemetry.count("gateway_sessions_total", outcome="created")
        telemetry.event("session.created", session_id=session.id, tenant=session.tenant)
        response.headers["location"] = f"/v1/sessions/{session.id}"
        return session

    @router.get("")
    def list_sessions(
        caller: Annotated[Caller, Depends(reads)], limit: Annotated[int, Query(ge=1, le=100)] = 20
    ) -> list[Session]:
        """List the caller's newest sessions."""
        return store.list(caller.principal, limit)

    @router.get("/{session_id}", responses=MISSING)
    def read(session_id: uuid.UUID, caller: Annotated[Caller, Depends(reads)]) -> Session:
        """Read one session."""
        return store.get(caller.principal, str(session_id)) or missing(session_id)

    @router.delete("/{session_id}", status_code=204, responses=MISSING)
    def remove(session_id: uuid.UUID, caller: Annotated[Caller, Depends(writes)]) -> None:
        """Close a session and drop its answers; a workflow that it started goes on."""
        if not store.delete(caller.principal, str(session_id)):
            missing(session_id)
        telemetry.count("gateway_sessions_total", outcome="deleted")
        telemetry.event("session.deleted", session_id=str(session_id), tenant=caller.principal.tenant)

    return router


def missing(session_id: uuid.UUID) -> NoReturn:
    """Answer 404."""
    raise HTTPException(404, f"There is no session {session_id}.")
