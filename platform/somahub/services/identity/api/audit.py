"""``/v1/audit``."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from somahub.auth import Principal
from somahub.services.identity.api.accounts import GUARDED
from somahub.services.identity.identity import Identity
from somahub.services.identity.models import AuditEntry, AuditVerification


def audit(identity: Identity) -> APIRouter:
    """Routes on the audit log."""
    router = APIRouter(prefix="/v1/audit", tags=["audit"], responses=GUARDED)
    admin = identity.guard.needs("admin")

    @router.get("")
    async def read(
        caller: Annotated[Principal, Depends(admin)],
        after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> list[AuditEntry]:
        """Entries in order, from the one after a sequence number."""
        del caller
        return await asyncio.to_thread(identity.audit.read, after, limit)

    @router.get("/verification")
    async def verify(caller: Annotated[Principal, Depends(admin)]) -> AuditVerification:
        """Compute the chain of hashes anew, and say whether it is what was written."""
        del caller
        found = await asyncio.to_thread(identity.audit.verify)
        outcome = "intact" if found.intact else "broken"
        identity.telemetry.count("identity_audit_verifications_total", outcome=outcome)
        if found.broken_at is not None:
            identity.telemetry.event("audit.broken", sequence=found.broken_at)
        return found

    return router
