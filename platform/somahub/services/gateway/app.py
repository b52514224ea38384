"""The gateway's HTTP API."""

import time
from typing import Annotated, NoReturn

from fastapi import FastAPI, HTTPException, Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from somahub import problems
from somahub.faults import Fault, FaultMiddleware
from somahub.services.gateway.store import NewSession, Session, SessionStore
from somahub.telemetry import Telemetry, instrument
from somahub.telemetry.http import UNCOUNTED


def create_app(telemetry: Telemetry, store: SessionStore, faults: tuple[Fault, ...] = ()) -> FastAPI:
    """Build the app around its telemetry and store; faults sit below the telemetry, which must see them."""
    app = FastAPI(title=telemetry.service.title, version="1.0.0")
    problems.install(app)
    _add_sessions(app, telemetry, store)

    @app.get("/health")
    def health() -> dict[str, str]:
        """Say that the process lives."""
        return {"status": "alive"}

    @app.get("/ready", responses={503: {}})
    def ready() -> JSONResponse:
        """Say whether the dependencies answer; 503 when one does not."""
        try:
            store.check()
        except SQLAlchemyError as error:
            return problems.problem(503, "A dependency fails.", dependencies={"store": str(error)})
        return JSONResponse({"status": "ready", "dependencies": {"store": "up"}})

    app.add_middleware(FaultMiddleware, faults=faults, clock=time.time, spared=UNCOUNTED)
    instrument(app, telemetry)
    return app


def _add_sessions(app: FastAPI, telemetry: Telemetry, store: SessionStore) -> None:
    @app.post("/v1/sessions", status_code=201)
    def create(new: NewSession, response: Response) -> Session:
        """Open a session."""
        with telemetry.span("session.store"):
            session = store.create(new)
        telemetry.count("gateway_sessions_total", outcome="created")
        telemetry.event("session.created", session_id=session.id)
        response.headers["location"] = f"/v1/sessions/{session.id}"
        return session

    @app.get("/v1/sessions")
    def list_sessions(limit: Annotated[int, Query(ge=1, le=100)] = 20) -> list[Session]:
        """List the newest sessions."""
        return store.list(limit)

    @app.get("/v1/sessions/{session_id}")
    def read(session_id: str) -> Session:
        """Read one session."""
        return store.get(session_id) or _missing(session_id)

    @app.delete("/v1/sessions/{session_id}", status_code=204)
    def remove(session_id: str) -> None:
        """Close a session."""
        if not store.delete(session_id):
            _missing(session_id)
        telemetry.count("gateway_sessions_total", outcome="deleted")
        telemetry.event("session.deleted", session_id=session_id)


def _missing(session_id: str) -> NoReturn:
    raise HTTPException(404, f"There is no session {session_id}.")
