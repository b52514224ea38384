"""A Redis that may be missing: what it is used for goes on without it."""

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

_T = TypeVar("_T")

_TIMEOUT = 0.2  # seconds; whoever asks has something to fall back on
_REST = 1.0  # seconds


class SpareRedis:
    """Asks a Redis once and briefly; after a failure leaves it alone for a second, so that not every request waits."""

    def __init__(self, client: Redis, clock: Callable[[], float] = time.monotonic) -> None:
        self.client = client
        self._clock = clock
        self._rests_until = 0.0

    @classmethod
    def at(cls, url: str) -> "SpareRedis":
        """One by its URL: ``redis://127.0.0.1:10003/0``; nothing is connected yet."""
        client = Redis.from_url(
            url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT, retry=Retry(NoBackoff(), 0)
        )
        return cls(client)

    async def ask(self, work: Callable[[Redis], Awaitable[_T]]) -> _T:
        """Return what ``work`` returns; raise ``RedisError`` when Redis does not answer, or rests."""
        if self._clock() < self._rests_until:
            raise RedisConnectionError("Redis failed within the last second")
        try:
            return await work(self.client)
        except (RedisError, OSError) as error:
            self._rests_until = self._clock() + _REST
            raise RedisConnectionError(f"{type(error).__name__}: {error}") from error

    async def check(self) -> None:
        """Raise ``RedisError`` when Redis does not answer."""
        await self.client.ping()
