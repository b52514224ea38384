"""``/v1/users`` and ``/v1/service-accounts``."""

import asyncio
import secrets
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, Response

from somahub.auth import Principal
from somahub.services.identity.accounts import Kind
from somahub.services.identity.identity import Identity
from somahub.services.identity.models import (
    Account,
    CreatedServiceAccount,
    NewServiceAccount,
    NewUser,
    PasswordChange,
    RolesChange,
)
from somahub.services.identity.signin import Refused

GUARDED: dict[int | str, dict[str, Any]] = {
    401: {"description": "No good token."},
    403: {"description": "The token does not permit this."},
    503: {"description": "The database does not answer."},
}
_MISSING: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such account."}}
_CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"description": "The name is taken, a role is unknown, or it is the last administrator."}
}
_NAME = r"^[A-Za-z0-9._@-]*$"


def users(identity: Identity) -> APIRouter:
    """Routes on people."""
    router = _common(identity, "user", "/v1/users")
    admin, read = identity.guard.needs("admin"), identity.guard.needs("read")

    @router.post("", status_code=201, responses=_CONFLICT)
    async def create(
        new: NewUser, response: Response, caller: Annotated[Principal, Depends(admin)]
    ) -> Account:
        """Create a user."""
        hashed = await identity.passwords.hashed(new.password)
        account = await asyncio.to_thread(identity.accounts.create, new, hashed, caller.subject)
        response.headers["location"] = f"/v1/users/{account.id}"
        return account

    @router.put(
        "/{account_id}/password",
        status_code=204,
        responses=_MISSING | {429: {"description": "Too many failures; Retry-After says how long to wait."}},
    )
    async def change_password(
        account_id: UUID, change: PasswordChange, caller: Annotated[Principal, Depends(read)]
    ) -> None:
        """Change one's own password, or as an administrator another's; all of the user's tokens end."""
        account = await _found(identity, "user", account_id, caller)
        if account.name == caller.subject:
            try:
                await identity.signin.prove("user", account.name, change.current_password)
            except Refused as refused:
                headers = {"retry-after": str(refused.wait)} if refused.wait else None
                raise HTTPException(429 if refused.wait else 403, str(refused), headers) from refused
        hashed = await identity.passwords.hashed(change.new_password)
        await asyncio.to_thread(identity.accounts.set_secret, account, hashed, caller.subject)
        await _revoke(identity, account)

    return router


def service_accounts(identity: Identity) -> APIRouter:
    """Routes on programs."""
    router = _common(identity, "service", "/v1/service-accounts")
    admin = identity.guard.needs("admin")

    @router.post("", status_code=201, responses=_CONFLICT)
    async def create(
        new: NewServiceAccount, response: Response, caller: Annotated[Principal, Depends(admin)]
    ) -> CreatedServiceAccount:
        """Create a service account; its secret is shown this once."""
        secret = secrets.token_urlsafe(32)
        hashed = await identity.passwords.hashed(secret)
        account = await asyncio.to_thread(identity.accounts.create, new, hashed, caller.subject)
        response.headers["location"] = f"/v1/service-accounts/{account.id}"
        return CreatedServiceAccount(**account.model_dump(), secret=secret)

    @router.post("/{account_id}/secret", responses=_MISSING)
    async def rotate_secret(
        account_id: UUID, caller: Annotated[Principal, Depends(admin)]
    ) -> CreatedServiceAccount:
        """Replace the secret, and show the new one this once; tokens at hand stay good until they expire."""
        account = await _found(identity, "service", account_id, caller)
        secret = secrets.token_urlsafe(32)
        hashed = await identity.passwords.hashed(secret)
        await asyncio.to_thread(identity.accounts.set_secret, account, hashed, caller.subject)
        return CreatedServiceAccount(**account.model_dump(), secret=secret)

    return router


def _common(identity: Identity, kind: Kind, prefix: str) -> APIRouter:
    router = APIRouter(prefix=prefix, tags=["accounts"], responses=GUARDED)
    admin, read = identity.guard.needs("admin"), identity.guard.needs("read")

    @router.get("")
    async def list_accounts(
        caller: Annotated[Principal, Depends(admin)],
        tenant: Annotated[str, Query(max_length=100, pattern=_NAME)] = "",
        after: Annotated[str, Query(max_length=100, pattern=_NAME)] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> list[Account]:
        """List by name, from the one after a name; of one tenant, or of all."""
        del caller
        return await asyncio.to_thread(identity.accounts.list, kind, tenant, after, limit)

    @router.get("/{account_id}", responses=_MISSING)
    async def read_account(account_id: UUID, caller: Annotated[Principal, Depends(read)]) -> Account:
        """Read one account: one's own, or as an administrator any."""
        return await _found(identity, kind, account_id, caller)

    @router.put("/{account_id}/roles", responses=_MISSING | _CONFLICT)
    async def set_roles(
        account_id: UUID, change: RolesChange, caller: Annotated[Principal, Depends(admin)]
    ) -> Account:
        """Give other roles; access tokens with the old ones are revoked."""
        account = await _found(identity, kind, account_id, caller)
        await asyncio.to_thread(identity.accounts.set_roles, account, change.roles, caller.subject)
        await _revoke(identity, account)
        return await _found(identity, kind, account_id, caller)

    @router.post("/{account_id}/disable", responses=_MISSING | _CONFLICT)
    async def disable(account_id: UUID, caller: Annotated[Principal, Depends(admin)]) -> Account:
        """Shut an account out: no new tokens, and those at hand are revoked."""
        account = await _found(identity, kind, account_id, caller)
        await asyncio.to_thread(identity.accounts.disable, account, caller.subject)
        await _revoke(identity, account)
        return await _found(identity, kind, account_id, caller)

    return router


async def _found(identity: Identity, kind: Kind, account_id: UUID, caller: Principal) -> Account:
    found = await asyncio.to_thread(identity.accounts.by_id, str(account_id))
    # Of others' accounts, a caller who may not see them does not learn whether they exist.
    seen = found and (caller.may("admin", "cluster") or found.account.name == caller.subject)
    if found is None or not seen or found.account.kind != kind:
        raise HTTPException(404, f"There is no such account: {account_id}.")
    return found.account


async def _revoke(identity: Identity, account: Account) -> None:
    await identity.revoke_all(await asyncio.to_thread(identity.revoked.of_account, account.id), "account")
