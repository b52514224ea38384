"""``/v1/sessions``."""

from typing import Annotated, NoReturn

from fastapi import APIRouter, HTTPException, Query, Response

from somahub.services.gateway.store import NewSession, Session, SessionStore
from somahub.telemetry import Telemetry


def sessions(telemetry: Telemetry, store: SessionStore) -> APIRouter:
    """Routes on sessions."""
    router = APIRouter(prefix="/v1/sessions", tags=["sessions"])

    @router.post("", status_code=201)
    def create(new: NewSession, response: Response) -> Session:
        """Open a session."""
        with telemetry.span("session.store"):
            session = store.create(new)
        telemetry.count("gateway_sessions_total", outcome="created")
        telemetry.event("session.created", session_id=session.id)
        response.headers["location"] = f"/v1/sessions/{session.id}"
        return session

    @router.get("")
    def list_sessions(limit: Annotated[int, Query(ge=1, le=100)] = 20) -> list[Session]:
        """List the newest sessions."""
        return store.list(limit)

    @router.get("/{session_id}")
    def read(session_id: str) -> Session:
        """Read one session."""
        return store.get(session_id) or _missing(session_id)

    @router.delete("/{session_id}", status_code=204)
    def remove(session_id: str) -> None:
        """Close a session."""
        if not store.delete(session_id):
            _missing(session_id)
        telemetry.count("gateway_sessions_total", outcome="deleted")
        telemetry.event("session.deleted", session_id=session_id)

    return router


def _missing(session_id: str) -> NoReturn:
    raise HTTPException(404, f"There is no session {session_id}.")
