"""What a token is worth, and taking it back; for access tokens and refresh tokens alike."""

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from somahub.auth import Denied, Verifier
from somahub.services.identity.audit import AuditLog
from somahub.services.identity.models import Introspection
from somahub.services.identity.revoked import RevokedTokens
from somahub.services.identity.tokens import Tokens
from somahub.telemetry import Telemetry

_JWT_DOTS = 2


class Inspection:
    """Introspect (RFC 7662) and revoke (RFC 7009) tokens."""

    def __init__(
        self,
        verifier: Verifier,
        tokens: Tokens,
        revoked: RevokedTokens,
        audit: AuditLog,
        telemetry: Telemetry,
    ) -> None:
        self._verifier = verifier
        self._tokens = tokens
        self._revoked = revoked
        self._audit = audit
        self._telemetry = telemetry

    async def introspect(self, token: str) -> Introspection:
        """What a token says, if it is good now."""
        if token.count(".") != _JWT_DOTS:
            return await self._session(token)
        try:
            known = self._verifier.principal(token)
        except Denied:
            return Introspection(active=False)
        return Introspection(
            active=True,
            sub=known.subject,
            tenant=known.tenant,
            scope=" ".join(sorted(known.grants)),
            exp=known.expires,
            jti=known.token_id,
        )

    async def revoke(self, token: str) -> None:
        """Take a token back; a refresh token with all of its sign-in. One that is not good is left alone."""
        if token.count(".") != _JWT_DOTS:
            family = await self._tokens.session(token)
            if family is not None:
                await self._tokens.end(family)
                await self._note(family.account, f"sign-in {family.id}")
            return
        try:
            known = self._verifier.principal(token)
        except Denied:
            return
        if not await self._revoked.add({known.token_id: known.expires}):
            self._telemetry.event("revocation.pending", token_id=known.token_id)
        await self._note(known.subject, known.token_id)

    async def _session(self, token: str) -> Introspection:
        family = await self._tokens.session(token)
        account = await self._tokens.signed_in(family) if family and family.current else None
        if family is None or account is None:
            return Introspection(active=False)
        return Introspection(
            active=True, sub=account.name, tenant=account.tenant, scope=family.scope, exp=family.ends
        )

    async def _note(self, actor: str, target: str) -> None:
        self._telemetry.count("identity_tokens_revoked_total", reason="asked")
        try:
            await asyncio.to_thread(self._write, actor, target)
        except SQLAlchemyError:
            # The token is taken back all the same; the log line is what is left of it.
            self._telemetry.count("identity_audit_missed_total")
            self._telemetry.event("audit.missed", actor=actor, action="token.revoke", target=target)

    def _write(self, actor: str, target: str) -> None:
        with self._audit.transaction() as made:
            made.note(actor, "token.revoke", target)
