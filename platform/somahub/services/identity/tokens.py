"""Tokens for a proof, and anew for a refresh token."""

import asyncio
from typing import NoReturn

from redis.exceptions import RedisError

from somahub.peers.tokens import Issued
from somahub.services.identity.accounts import AccountStore
from somahub.services.identity.audit import AuditLog
from somahub.services.identity.issuer import Issuer, TokenError, within
from somahub.services.identity.models import Account
from somahub.services.identity.refresh import Family, RefreshSessions
from somahub.services.identity.revoked import RevokedTokens


class Tokens:
    """Issue access tokens, and refresh tokens to users."""

    def __init__(
        self,
        issuer: Issuer,
        accounts: AccountStore,
        sessions: RefreshSessions,
        revoked: RevokedTokens,
        audit: AuditLog,
    ) -> None:
        self._issuer = issuer
        self._accounts = accounts
        self._sessions = sessions
        self._revoked = revoked
        self._audit = audit

    async def for_program(self, account: Account, scope: str) -> Issued:
        """A token of a service account; it has its secret and needs no refresh token."""
        return await asyncio.to_thread(self._issuer.issue, account, scope, "client_credentials")

    async def for_person(self, account: Account, scope: str) -> Issued:
        """A token of a user with a refresh token; without one where Redis does not answer."""
        within(scope, account)
        try:
            family, refresh = await self._sessions.begin(account.id, scope)
        except RedisError:
            family, refresh = "", None
        issued = await asyncio.to_thread(self._issuer.issue, account, scope, "password", family)
        return issued.model_copy(update={"refresh_token": refresh})

    async def again(self, token: str, scope: str) -> Issued:
        """A new token and refresh token for a refresh token, which is good once."""
        family = await self._sessions.read(token)
        if family is None:
            raise TokenError("invalid_grant", "The refresh token is unknown or over.")
        if not family.current:
            await self._reused(family)
        account = await self.signed_in(family)
        if account is None:
            await self._sessions.end(family.id)
            raise TokenError("invalid_grant", "The refresh token's account has changed.")
        if family.scope and not set(scope.split()) <= set(family.scope.split()):
            raise TokenError("invalid_scope", "The scope is wider than what was signed in for.")
        # The new token is stored before the old one is spent: what fails here can be tried again.
        wanted = scope or family.scope
        issued = await asyncio.to_thread(self._issuer.issue, account, wanted, "refresh_token", family.id)
        refresh = await self._sessions.rotate(family, token)
        if refresh is None:
            await self._reused(family)
        return issued.model_copy(update={"refresh_token": refresh})

    async def session(self, token: str) -> Family | None:
        """The sign-in of a refresh token, if there is one."""
        return await self._sessions.read(token)

    async def signed_in(self, family: Family) -> Account | None:
        """The account of a sign-in, unless it was disabled or its password changed since."""
        found = await asyncio.to_thread(self._accounts.by_id, family.account)
        return found.account if found and family.began >= found.sessions_from else None

    async def end(self, family: Family) -> None:
        """Make a sign-in's refresh tokens void and take its access tokens back."""
        await self._sessions.end(family.id)
        await self._revoked.add(await asyncio.to_thread(self._revoked.of_family, family.id))

    async def _reused(self, family: Family) -> NoReturn:
        await self.end(family)
        await asyncio.to_thread(self._note, family)
        raise TokenError("invalid_grant", "The refresh token was used before: all of its sign-in is revoked.")

    def _note(self, family: Family) -> None:
        found = self._accounts.by_id(family.account)
        with self._audit.transaction() as made:
            actor = found.account.name if found else family.account
            made.note(actor, "token.reuse", f"sign-in {family.id}", "failure")
