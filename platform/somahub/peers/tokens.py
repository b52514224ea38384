"""A service's own token: asked for with its account's secret, and kept until it is nearly over."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

import httpx
from pydantic import BaseModel

_EARLY = 0.2  # the share of its life that a token has left when it is replaced


class Tokens(Protocol):
    """Where a bearer token comes from."""

    async def token(self) -> str:
        """Return a token that is good now."""
        ...


class Issued(BaseModel):
    """The answer of a token endpoint (RFC 6749 section 5.1); ``expires_in`` is in seconds."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - the type's name
    expires_in: int
    refresh_token: str | None = None


class AccountTokens:
    """Tokens of a service account, by the client credentials grant (RFC 6749 section 4.4)."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        client_id: str,
        client_secret: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
        }
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token = ""
        self._until = 0.0

    async def token(self) -> str:
        """Return the token at hand, or a new one; raises httpx' error when Identity gives none."""
        async with self._lock:
            if self._clock() >= self._until:
                answer = (await self._client.post("/v1/token", data=self._form)).raise_for_status()
                issued = Issued.model_validate_json(answer.content)
                self._token = issued.access_token
                self._until = self._clock() + issued.expires_in * (1 - _EARLY)
            return self._token
