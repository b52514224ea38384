"""The door of a route: a token, and a permission."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from slo.kit import ACCESS_DENIED
from somahub.auth.model import Permission, Principal, Scope
from somahub.auth.verify import Denied, Verifier
from somahub.telemetry import Telemetry

_BEARER = HTTPBearer(auto_error=False, bearerFormat="JWT")
# Who may speak for another tenant than their token's.
_SPEAKERS = frozenset({"service", "platform-admin"})
_Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]


class Guard:
    """Checks the callers of one service: 401 without a good token, 403 without the permission, both counted."""

    def __init__(self, verifier: Verifier, scope: Scope, telemetry: Telemetry) -> None:
        self._verifier = verifier
        self._scope: Scope = scope
        self._telemetry = telemetry

    def needs(self, permission: Permission) -> Callable[..., Awaitable[Principal]]:
        """A dependency for FastAPI that returns the caller: ``caller: Annotated[Principal, Depends(…)]``."""

        async def check(credentials: _Credentials) -> Principal:
            if credentials is None:
                raise self._refused(401, "missing", permission, "A bearer token is needed.")
            try:
                caller = self._verifier.principal(credentials.credentials)
            except Denied as denied:
                raise self._refused(401, denied.reason, permission, str(denied)) from denied
            if not caller.may(permission, self._scope):
                detail = f"{caller.subject} has no permission to {permission} in {self._scope}."
                raise self._refused(403, "permission", permission, detail)
            return caller

        return check

    def tenant(self, caller: Principal, named: str | None) -> str:
        """The tenant of a request: the caller's, or the one it names; 403 for who may not speak for that one."""
        if named is None or named == caller.tenant:
            return caller.tenant
        if _SPEAKERS.isdisjoint(caller.roles):
            detail = f"{caller.subject} may not speak for tenant {named}."
            raise self._refused(403, "permission", "admin", detail)
        return named

    def _refused(self, status: int, reason: str, permission: str, detail: str) -> HTTPException:
        self._telemetry.count(ACCESS_DENIED, reason=reason)
        self._telemetry.event("access.denied", detail, reason=reason, permission=permission)
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None  # noqa: PLR2004 - HTTP
        return HTTPException(status, detail, headers)
