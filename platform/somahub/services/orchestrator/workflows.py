"""``/v1/workflows``."""

import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query

from somahub.auth import Guard, Principal
from somahub.services.orchestrator.models import NewWorkflow, Signal, Workflow, Workflows
from somahub.services.orchestrator.runs import Runs
from somahub.services.orchestrator.tasks import Asked
from somahub.services.orchestrator.temporal import (
    OrchestratorError,
    OverError,
    RefusedError,
    UnavailableError,
    UnknownError,
)
from somahub.telemetry import Telemetry

_STATUS = {UnknownError: 404, OverError: 409, RefusedError: 422, UnavailableError: 503}
_TENANT = re.compile(r"[A-Za-z0-9._@-]{1,100}")
_LARGEST = 1024 * 1024  # bytes of a plan; Temporal refuses 2 MiB

_Id = Annotated[str, Path(max_length=200, pattern=r"^[A-Za-z0-9_.-]+$")]
_Tenant = Annotated[
    str, Query(max_length=100, description="Another tenant, for a service or an administrator.")
]
_ANSWERS: dict[int | str, dict[str, object]] = {
    401: {"description": "No good token."},
    403: {"description": "No permission, or another tenant."},
    404: {"description": "The tenant has no such workflow."},
    503: {"description": "Temporal does not answer."},
}
_OVER: dict[int | str, dict[str, object]] = {409: {"description": "The workflow has ended."}}


def workflows(telemetry: Telemetry, guard: Guard, runs: Runs) -> APIRouter:
    """Routes on workflows."""
    router = APIRouter(prefix="/v1/workflows", tags=["workflows"], responses=_ANSWERS)
    reader = Depends(guard.needs("read"))
    deployer = Depends(guard.needs("deploy"))
    restarter = Depends(guard.needs("restart"))
    admin = Depends(guard.needs("admin"))

    @router.post("", status_code=202, responses={413: {"description": "The plan is too long."}})
    async def start(new: NewWorkflow, caller: Annotated[Principal, deployer]) -> Workflow:
        """Start a workflow; where there is one of the same id, that one is returned and nothing is started."""
        if len(new.model_dump_json()) > _LARGEST:
            raise HTTPException(413, f"A plan has at most {_LARGEST} bytes.")
        tenant = _named(guard.tenant(caller, new.tenant or None))
        workflow_id = new.workflow_id or str(uuid.uuid4())
        asked = Asked(tenant=tenant, subject=caller.subject, accepted_at=datetime.now(UTC), plan=new.plan)
        async with _answered():
            started = await runs.start(workflow_id, asked)
            if not started:
                return await runs.get(tenant, workflow_id)
        telemetry.count("orchestrator_workflows_started_total")
        telemetry.event("workflow.started", workflow_id=workflow_id, tenant=tenant)
        return Workflow(workflow_id=workflow_id, status="running", started_at=asked.accepted_at)

    @router.get("")
    async def list_workflows(
        caller: Annotated[Principal, reader],
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        page: Annotated[str, Query(max_length=2000)] = "",
        tenant: _Tenant = "",
    ) -> Workflows:
        """List the tenant's workflows, without results: the running first, then those that ended last."""
        async with _answered():
            return await runs.list(_named(guard.tenant(caller, tenant or None)), limit, page)

    @router.get("/{workflow_id}")
    async def read(workflow_id: _Id, caller: Annotated[Principal, reader], tenant: _Tenant = "") -> Workflow:
        """Read one workflow, with its result or error once it has ended."""
        async with _answered():
            return await runs.get(_named(guard.tenant(caller, tenant or None)), workflow_id)

    @router.post("/{workflow_id}/signal", status_code=202, responses=_OVER)
    async def signal(
        workflow_id: _Id, decision: Signal, caller: Annotated[Principal, restarter], tenant: _Tenant = ""
    ) -> Workflow:
        """Approve or refuse a workflow that waits for it; the first decision stands."""
        owner = _named(guard.tenant(caller, tenant or None))
        async with _answered():
            await runs.signal(owner, workflow_id, decision)
            return await runs.get(owner, workflow_id)

    @router.post("/{workflow_id}/cancel", status_code=202, responses=_OVER)
    async def cancel(
        workflow_id: _Id, caller: Annotated[Principal, restarter], tenant: _Tenant = ""
    ) -> Workflow:
        """Cancel a workflow: a step under way is let finish, then what was done is taken back, the last first."""
        owner = _named(guard.tenant(caller, tenant or None))
        async with _answered():
            await runs.cancel(owner, workflow_id)
            return await runs.get(owner, workflow_id)

    @router.post("/{workflow_id}/terminate", status_code=202, responses=_OVER)
    async def terminate(
        workflow_id: _Id, caller: Annotated[Principal, admin], tenant: _Tenant = ""
    ) -> Workflow:
        """End a workflow at once; nothing is taken back."""
        owner = _named(guard.tenant(caller, tenant or None))
        async with _answered():
            await runs.terminate(owner, workflow_id, f"terminated by {caller.subject}")
            return await runs.get(owner, workflow_id)

    return router


@asynccontextmanager
async def _answered() -> AsyncIterator[None]:
    try:
        yield
    except OrchestratorError as error:
        raise HTTPException(_STATUS[type(error)], str(error)) from error


def _named(tenant: str) -> str:
    """The tenant, if it has a name that Identity gives: it becomes part of ids and queries."""
    if not _TENANT.fullmatch(tenant):
        raise HTTPException(422, "The tenant's name has characters that no name has.")
    return tenant
