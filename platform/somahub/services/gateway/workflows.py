"""``/v1/workflows``: the orchestrator's, in the caller's name."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query

from somahub.peers import Peer
from somahub.services.gateway.answers import CONFLICT, MISSING, PASSED, REFUSED
from somahub.services.gateway.door import Caller, Door
from somahub.services.gateway.standing import Standing
from somahub.services.gateway.upstream import passing
from somahub.services.orchestrator.models import NewWorkflow, Signal, Workflow, Workflows

# No id begins with a dot: paths made of dots are other paths.
WorkflowId = Annotated[str, Path(max_length=200, pattern=r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*$")]


def workflows(orchestrator: Peer, door: Door, standing: Standing) -> APIRouter:
    """Routes that pass on to the orchestrator, whose refusals are answered as they are."""
    router = APIRouter(prefix="/v1/workflows", tags=["workflows"], responses=REFUSED | PASSED)
    reads = door.needs("read")
    restarts = door.needs("restart")

    @router.post("", status_code=202)
    async def start(new: NewWorkflow, caller: Annotated[Caller, Depends(door.needs("deploy"))]) -> Workflow:
        """Start a workflow; where there is one of the same id, that one is returned and nothing is started."""
        await standing.confirm(caller.token)
        with passing():
            return await orchestrator.call("POST", "/v1/workflows", Workflow, new, token=caller.token)

    @router.get("")
    async def list_workflows(
        caller: Annotated[Caller, Depends(reads)],
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        page: Annotated[str, Query(max_length=2000)] = "",
    ) -> Workflows:
        """List the workflows of the caller's tenant."""
        query = urlencode({"limit": limit, "page": page})
        with passing():
            return await orchestrator.call("GET", f"/v1/workflows?{query}", Workflows, token=caller.token)

    @router.get("/{workflow_id}", responses=MISSING)
    async def read(workflow_id: WorkflowId, caller: Annotated[Caller, Depends(reads)]) -> Workflow:
        """Read one workflow."""
        with passing():
            return await orchestrator.call(
                "GET", f"/v1/workflows/{workflow_id}", Workflow, token=caller.token
            )

    @router.post("/{workflow_id}/signal", status_code=202, responses=MISSING | CONFLICT)
    async def signal(
        workflow_id: WorkflowId, decision: Signal, caller: Annotated[Caller, Depends(restarts)]
    ) -> Workflow:
        """Approve or refuse a workflow that waits for it."""
        path = f"/v1/workflows/{workflow_id}/signal"
        with passing():
            return await orchestrator.call("POST", path, Workflow, decision, token=caller.token)

    @router.post("/{workflow_id}/cancel", status_code=202, responses=MISSING | CONFLICT)
    async def cancel(workflow_id: WorkflowId, caller: Annotated[Caller, Depends(restarts)]) -> Workflow:
        """Cancel a workflow: what was done is taken back."""
        path = f"/v1/workflows/{workflow_id}/cancel"
        with passing():
            return await orchestrator.call("POST", path, Workflow, token=caller.token)

    return router
