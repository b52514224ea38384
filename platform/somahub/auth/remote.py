"""Identity's keys and revocations, fetched in the background, so that no request waits for them.

A revocation is known everywhere within about a second. While Identity does not answer, what was known last stands.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from math import inf

import httpx
from fastapi import HTTPException
from joserfc.jwk import ECKey
from pydantic import BaseModel, ValidationError

_REVOCATIONS = 1.0  # seconds between two looks
_KEYS = 30.0


class Revocations(BaseModel):
    """Ids of the tokens that were taken back and have not yet expired."""

    token_ids: tuple[str, ...]


class RemoteKeys:
    """``Keys`` of an Identity by its URL."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._keys: dict[str, ECKey] = {}
        self._revoked: frozenset[str] = frozenset()
        self._fetched = -inf
        self._known = False

    def key(self, key_id: str) -> ECKey | None:
        """The public key of an id; 503 as long as Identity was never heard."""
        if not self._known:
            raise HTTPException(503, "Identity's keys are not known yet.")
        if key_id not in self._keys:
            self._fetched = -inf  # it may be new: look again at once
        return self._keys.get(key_id)

    def revoked(self, token_id: str) -> bool:
        """Whether a token was taken back, as far as is known."""
        return token_id in self._revoked

    async def check(self) -> None:
        """Raise httpx' error when Identity does not answer."""
        (await self._client.get("/health")).raise_for_status()

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Keep what is known fresh."""
        task = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def refresh(self) -> None:
        """Look once; what can't be fetched stays as it was."""
        with suppress(httpx.HTTPError, ValueError, ValidationError):
            if time.monotonic() - self._fetched > _KEYS or not self._known:
                answer = (await self._client.get("/.well-known/jwks.json")).raise_for_status()
                self._keys = {k["kid"]: ECKey.import_key(k) for k in answer.json()["keys"]}
                self._fetched, self._known = time.monotonic(), True
            answer = (await self._client.get("/v1/revocations")).raise_for_status()
            self._revoked = frozenset(Revocations.model_validate_json(answer.content).token_ids)

    async def _follow(self) -> None:
        while True:
            await self.refresh()
            await asyncio.sleep(_REVOCATIONS)
