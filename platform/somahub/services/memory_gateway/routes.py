"""``/v1/memories``, ``/v1/recall`` and ``/v1/context``."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from somahub.auth import Guard, Principal
from somahub.services.memory_gateway.models import (
    Context,
    ContextRequest,
    Erased,
    Memory,
    NewMemory,
    Recall,
    RecallAnswer,
)
from somahub.services.memory_gateway.operations import Memories

_Tenant = Annotated[str, Query(max_length=100, description="Another tenant, for those who may.")]
_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"description": "No good token."},
    403: {"description": "No permission, or another's tenant."},
    503: {"description": "Qdrant does not answer."},
}
_MISSING: dict[int | str, dict[str, Any]] = {404: {"description": "The tenant has no such memory."}}


def memories(operations: Memories, guard: Guard) -> APIRouter:
    """Routes on single memories, and on all of a tenant."""
    router = APIRouter(prefix="/v1/memories", tags=["memories"], responses=_REFUSED)

    @router.post("", status_code=201)
    async def remember(
        new: NewMemory, response: Response, caller: Annotated[Principal, Depends(guard.needs("deploy"))]
    ) -> Memory:
        """Remember a text: it is stored when this answers. The same key again replaces."""
        memory = await operations.remember(guard.tenant(caller, new.tenant or None), new)
        response.headers["location"] = f"/v1/memories/{memory.id}"
        return memory

    @router.get("/{memory_id}", responses=_MISSING)
    async def read(
        memory_id: uuid.UUID,
        caller: Annotated[Principal, Depends(guard.needs("read"))],
        tenant: _Tenant = "",
    ) -> Memory:
        """Read one memory."""
        return await operations.read(guard.tenant(caller, tenant or None), str(memory_id))

    @router.delete("/{memory_id}", status_code=204, responses=_MISSING)
    async def forget(
        memory_id: uuid.UUID,
        caller: Annotated[Principal, Depends(guard.needs("deploy"))],
        tenant: _Tenant = "",
    ) -> None:
        """Forget one memory."""
        await operations.forget(guard.tenant(caller, tenant or None), str(memory_id))

    @router.delete("")
    async def erase(
        caller: Annotated[Principal, Depends(guard.needs("admin"))], tenant: _Tenant = ""
    ) -> Erased:
        """Erase everything of a tenant (GDPR, article 17): memories at once, cached query vectors within an hour."""
        return Erased(erased=await operations.erase(guard.tenant(caller, tenant or None)))

    return router


def recalling(operations: Memories, guard: Guard) -> APIRouter:
    """Routes that look for memories by likeness."""
    router = APIRouter(prefix="/v1", tags=["recall"], responses=_REFUSED)
    reads = guard.needs("read")

    @router.post("/recall")
    async def recall(question: Recall, caller: Annotated[Principal, Depends(reads)]) -> RecallAnswer:
        """Recall what is most similar to a query, best first."""
        tenant = guard.tenant(caller, question.tenant or None)
        return RecallAnswer(memories=await operations.recall(tenant, question))

    @router.post("/context")
    async def context(request: ContextRequest, caller: Annotated[Principal, Depends(reads)]) -> Context:
        """Assemble a context window: the best first, no text twice, whole memories only, within the budget."""
        return await operations.context(guard.tenant(caller, request.tenant or None), request)

    return router
