"""``/v1/keys``."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends

from somahub.auth import Principal
from somahub.services.identity.api.accounts import GUARDED
from somahub.services.identity.identity import Identity
from somahub.services.identity.models import Rotation, SigningKey

_USUAL = Rotation()


def keys(identity: Identity) -> APIRouter:
    """Routes on signing keys."""
    router = APIRouter(prefix="/v1/keys", tags=["keys"], responses=GUARDED)
    admin = identity.guard.needs("admin")

    @router.post("/rotate")
    async def rotate(caller: Annotated[Principal, Depends(admin)], how: Rotation = _USUAL) -> SigningKey:
        """Make the next signing key: published at once, signing once all services can know it.

        Where the old ones are compromised it signs at once, and every token of theirs is revoked.
        """
        key, withdrawn = await asyncio.to_thread(
            identity.ring.rotate, caller.subject, compromised=how.compromised
        )
        if withdrawn:
            tokens = await asyncio.to_thread(identity.revoked.of_keys, withdrawn)
            await identity.revoke_all(tokens, "key")
        return key

    return router
