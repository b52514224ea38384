"""The gateway's door: a token, a permission, and a request within the caller's limits."""

from collections.abc import Awaitable, Callable
from typing import Annotated, NamedTuple

from fastapi import Depends, HTTPException, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from somahub.auth import Guard, Permission, Principal
from somahub.services.gateway.ratelimit import RateLimiter
from somahub.telemetry import Telemetry

_BEARER = HTTPBearer(auto_error=False, bearerFormat="JWT")
_DECISIONS = "gateway_rate_limit_decisions_total"


class Caller(NamedTuple):
    """Who asks, and the token to pass on."""

    principal: Principal
    token: str


class Door:
    """Checks the callers of all routes: 401, 403, and 429 with the seconds to wait."""

    def __init__(self, guard: Guard, limiter: RateLimiter, telemetry: Telemetry) -> None:
        self._guard = guard
        self._limiter = limiter
        self._telemetry = telemetry

    def needs(self, permission: Permission) -> Callable[..., Awaitable[Caller]]:
        """A dependency for FastAPI that returns the caller."""

        async def check(
            response: Response,
            principal: Annotated[Principal, Depends(self._guard.needs(permission))],
            credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
        ) -> Caller:
            verdict = await self._limiter.take(principal.subject, principal.tenant)
            source = "redis" if verdict.shared else "local"
            refused = verdict.refused
            self._telemetry.count(_DECISIONS, source=source, outcome=refused.name if refused else "allowed")
            headers = verdict.headers()
            if refused:
                headers["Retry-After"] = str(verdict.retry_after)
                detail = f"More than {refused.rate:g} requests a second of one {refused.name}."
                self._telemetry.event(
                    "request.limited",
                    detail,
                    limit=refused.name,
                    subject=principal.subject,
                    tenant=principal.tenant,
                )
                raise HTTPException(429, detail, headers)
            response.headers.update(headers)
            return Caller(principal, credentials.credentials if credentials else "")

        return check
