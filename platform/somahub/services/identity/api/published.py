"""What other services ask for to judge tokens; needs no token."""

from fastapi import APIRouter, HTTPException

from somahub.auth.remote import Revocations
from somahub.services.identity.identity import Identity
from somahub.services.identity.models import KeySet


def published(identity: Identity) -> APIRouter:
    """Routes on keys and revocations; both are answered from memory."""
    router = APIRouter(tags=["tokens"])

    @router.get("/.well-known/jwks.json", responses={503: {"description": "No key is known yet."}})
    async def jwks() -> KeySet:
        """The public keys of tokens that may be alive, and of those that will be signed soon."""
        return identity.ring.published()

    @router.get("/v1/revocations", responses={503: {"description": "Neither store was heard yet."}})
    async def revocations() -> Revocations:
        """The ids of tokens that were taken back and have not expired."""
        ids = identity.revoked.ids()
        if ids is None:
            raise HTTPException(503, "Revocations are not known yet.")
        return Revocations(token_ids=ids)

    return router
