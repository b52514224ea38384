"""``/v1/decisions`` and ``/v1/constitution``."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query

from somahub.auth import Guard, Principal, Scope
from somahub.ijson import Line
from somahub.services.policy_engine.inforce import InForce
from somahub.services.policy_engine.models import Constitution, Record
from somahub.services.policy_engine.store import Store

_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"description": "No good token."},
    403: {"description": "No permission to read."},
}


def decisions(store: Store, guard: Guard, scope: Scope) -> APIRouter:
    """Routes on the decision log: everyone reads their own tenant's, who may ``admin`` reads all."""
    router = APIRouter(prefix="/v1/decisions", tags=["decisions"])
    reader = Depends(guard.needs("read"))

    @router.get("", summary="List the newest decisions", responses=_REFUSED)
    def newest(
        caller: Annotated[Principal, reader],
        tenant: Annotated[Line | None, Query(max_length=100)] = None,
        before: Annotated[int | None, Query(ge=1, lt=2**53)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> list[Record]:
        """List decisions, newest first; the next page is ``before`` the last ``number``."""
        if not caller.may("admin", scope):
            if tenant not in {None, caller.tenant}:
                raise HTTPException(403, f"{caller.subject} may not read decisions of tenant {tenant}.")
            tenant = caller.tenant
        return store.decisions(tenant, before, limit)

    @router.get(
        "/{decision_id}",
        summary="Read one decision",
        responses={**_REFUSED, 404: {"description": "There is none of the caller's tenant."}},
    )
    def read(decision_id: Line, caller: Annotated[Principal, reader]) -> Record:
        """Read a decision with its question."""
        found = store.decision(decision_id)
        if found is None or (found.tenant != caller.tenant and not caller.may("admin", scope)):
            raise HTTPException(404, f"There is no decision {decision_id}.")
        return found

    return router


def constitution(in_force: InForce, guard: Guard) -> APIRouter:
    """The route on the constitution."""
    router = APIRouter(prefix="/v1/constitution", tags=["constitution"])

    @router.get(
        "",
        summary="Read which constitution is in force",
        responses={**_REFUSED, 503: {"description": "None is in force."}},
    )
    async def read(_: Annotated[Principal, Depends(guard.needs("read"))]) -> Constitution:
        """Read version, digest and files of the constitution in force."""
        current = in_force.current
        if current is None:
            raise HTTPException(503, "No constitution is in force: everything is denied.")
        found = current.bundle
        return Constitution(
            version=found.version, digest=found.digest, loaded_at=current.loaded_at, files=found.files
        )

    return router
