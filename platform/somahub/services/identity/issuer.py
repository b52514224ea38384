"""Access tokens, signed and noted."""

import uuid
from collections.abc import Callable
from http import HTTPStatus

from sqlalchemy import insert

from somahub.auth import AUDIENCE, ISSUER
from somahub.peers.tokens import Issued
from somahub.services.identity.audit import AuditLog
from somahub.services.identity.keyring import KeyRing
from somahub.services.identity.models import Account
from somahub.services.identity.roles import grants
from somahub.services.identity.tables import TOKENS


class TokenError(Exception):
    """No token: ``code`` is one of RFC 6749 section 5.2, or ``slow_down`` of RFC 8628."""

    def __init__(
        self,
        code: str,
        detail: str,
        status: int = HTTPStatus.BAD_REQUEST,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.status = status
        self.headers = headers or {}


class Issuer:
    """Issue access tokens (RFC 9068) that live ``lifetime`` seconds."""

    def __init__(self, ring: KeyRing, audit: AuditLog, lifetime: int, clock: Callable[[], float]) -> None:
        self._ring = ring
        self._audit = audit
        self._lifetime = lifetime
        self._clock = clock

    def issue(self, account: Account, scope: str, grant: str, family: str = "") -> Issued:
        """A token of an account, of the sign-in ``family``; raises ``TokenError`` for a scope beyond its roles."""
        now, token_id = int(self._clock()), str(uuid.uuid4())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": account.name,
            "client_id": account.name if account.kind == "service" else "users",
            "jti": token_id,
            "iat": now,
            "exp": now + self._lifetime,
            "tenant": account.tenant,
            "roles": account.roles,
            "scope": within(scope, account),
        }
        token, key = self._ring.signed(claims)
        row = {"id": token_id, "account": account.id, "family": family, "key": key, "expires": claims["exp"]}
        with self._audit.transaction() as made:
            made.connection.execute(insert(TOKENS).values(row))
            made.note(account.name, "token.issue", f"{grant} {token_id}")
        return Issued(access_token=token, expires_in=self._lifetime)


def within(scope: str, account: Account) -> str:
    """What an account's roles grant; of it, what is asked for, if anything is."""
    granted = grants(account.roles)
    if beyond := set(scope.split()) - set(granted):
        raise TokenError("invalid_scope", f"{account.name} is not granted {', '.join(sorted(beyond))}.")
    return " ".join(g for g in granted if not scope or g in scope.split())
