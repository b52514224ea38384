"""``/v1/wizards``, and the wizard of a session."""

import asyncio
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from somahub.peers import PeerError
from somahub.services.gateway.answers import CONFLICT, MISSING, PASSED, REFUSED
from somahub.services.gateway.door import Caller, Door
from somahub.services.gateway.progress import AnswersError, PlanError
from somahub.services.gateway.runs import NotNowError, NoWizardError, Runs, WizardState
from somahub.services.gateway.sessions import missing
from somahub.services.gateway.standing import Standing
from somahub.services.gateway.store import SessionStore
from somahub.services.gateway.upstream import passing
from somahub.services.gateway.wizard import Wizard
from somahub.services.orchestrator.models import Workflow
from somahub.telemetry import Telemetry

_Name = Annotated[str, Path(max_length=100)]
_WIZARDS = "gateway_wizards_total"


class Listed(BaseModel):
    """A wizard's name and what it is for."""

    name: str
    title: str
    description: str


class Begun(BaseModel):
    """Which wizard to begin."""

    model_config = ConfigDict(extra="forbid")

    wizard: str = Field(min_length=1, max_length=100)


def definitions(wizards: Mapping[str, Wizard], door: Door) -> APIRouter:
    """Routes on the wizards that there are."""
    router = APIRouter(prefix="/v1/wizards", tags=["wizards"], responses=REFUSED)
    reads = door.needs("read")

    @router.get("")
    async def list_wizards(_: Annotated[Caller, Depends(reads)]) -> list[Listed]:
        """List the wizards."""
        return [Listed(name=w.name, title=w.title, description=w.description) for w in wizards.values()]

    @router.get("/{name}", responses=MISSING)
    async def read(name: _Name, _: Annotated[Caller, Depends(reads)]) -> Wizard:
        """Read one wizard: its steps, questions and plan."""
        if name not in wizards:
            raise HTTPException(404, f"There is no wizard {name}.")
        return wizards[name]

    return router


def answering(
    telemetry: Telemetry, store: SessionStore, runs: Runs, door: Door, standing: Standing
) -> APIRouter:
    """Routes on the wizard of one of the caller's sessions."""
    router = APIRouter(
        prefix="/v1/sessions/{session_id}/wizard", tags=["wizards"], responses=REFUSED | MISSING
    )
    reads, writes = door.needs("read"), door.needs("deploy")

    def own(caller: Caller, session_id: uuid.UUID) -> str:
        if store.get(caller.principal, str(session_id)) is None:
            missing(session_id)
        return str(session_id)

    @router.post("", status_code=201, responses=CONFLICT)
    def start(session_id: uuid.UUID, begun: Begun, caller: Annotated[Caller, Depends(writes)]) -> WizardState:
        """Begin a wizard; a session has one."""
        with _refusals():
            state = runs.start(own(caller, session_id), begun.wizard)
        telemetry.count(_WIZARDS, outcome="started")
        telemetry.event("wizard.started", session_id=str(session_id), wizard=state.wizard)
        return state

    @router.get("")
    def read(session_id: uuid.UUID, caller: Annotated[Caller, Depends(reads)]) -> WizardState:
        """Read how far the wizard is, what was answered, and the plan that it comes to."""
        with _refusals():
            return runs.state(own(caller, session_id))

    @router.put("/answers/{step}", responses=CONFLICT)
    def answer(
        session_id: uuid.UUID,
        step: _Name,
        answers: dict[str, JsonValue],
        caller: Annotated[Caller, Depends(writes)],
    ) -> WizardState:
        """Answer the questions of one step, by their names; the same step again replaces."""
        outcome = "rejected"
        try:
            with telemetry.span("wizard.step", session_id=str(session_id)), _refusals():
                state = runs.answer(own(caller, session_id), step, answers)
            outcome = "accepted"
        finally:
            telemetry.count("gateway_wizard_steps_total", outcome=outcome)
        return state

    @router.post("/submit", status_code=202, responses=CONFLICT | PASSED)
    async def submit(
        session_id: uuid.UUID, response: Response, caller: Annotated[Caller, Depends(writes)]
    ) -> Workflow:
        """Start the workflow; the same again returns it and starts nothing."""
        ident = await asyncio.to_thread(own, caller, session_id)
        await standing.confirm(caller.token)
        try:
            with telemetry.span("wizard.submit", session_id=ident), _refusals(), passing():
                workflow = await runs.submit(ident, caller.token)
        except HTTPException as error:
            outcome = "failed" if isinstance(error.__cause__, PeerError) else "refused"
            telemetry.count(_WIZARDS, outcome=outcome)
            raise
        telemetry.count(_WIZARDS, outcome="submitted")
        telemetry.event("wizard.submitted", session_id=ident, workflow_id=workflow.workflow_id)
        response.headers["location"] = f"/v1/workflows/{workflow.workflow_id}"
        return workflow

    return router


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except NoWizardError as error:
        raise HTTPException(404, str(error)) from error
    except NotNowError as error:
        raise HTTPException(409, str(error)) from error
    except PlanError as error:
        raise HTTPException(422, str(error)) from error
    except AnswersError as error:
        errors = [{"loc": ("body", name), "msg": reason} for name, reason in error.reasons.items()]
        raise RequestValidationError(errors) from error
