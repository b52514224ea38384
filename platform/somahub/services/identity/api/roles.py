"""``/v1/roles``."""

from typing import Annotated

from fastapi import APIRouter, Depends

from somahub.auth import Principal
from somahub.services.identity.api.accounts import GUARDED
from somahub.services.identity.identity import Identity
from somahub.services.identity.models import Role
from somahub.services.identity.roles import ROLES


def roles(identity: Identity) -> APIRouter:
    """Routes on roles."""
    router = APIRouter(prefix="/v1/roles", tags=["roles"], responses=GUARDED)
    read = identity.guard.needs("read")

    @router.get("")
    async def list_roles(caller: Annotated[Principal, Depends(read)]) -> list[Role]:
        """List the roles that accounts can have."""
        del caller
        return list(ROLES.values())

    return router
