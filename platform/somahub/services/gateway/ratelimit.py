"""How often a subject and a tenant may ask: the generic cell rate algorithm, a token bucket with one number a key.

A limit lets ``burst`` requests through at once and ``rate`` a second on average. The numbers are in Redis, so that all
gateways count together; without Redis each one counts for itself: requests go on, and are limited less exactly.
"""

import math
import time
from collections.abc import Callable
from importlib.resources import files
from typing import NamedTuple

from redis.asyncio import Redis
from redis.exceptions import RedisError

from somahub.serving.redis import SpareRedis

_LUA = (files("somahub.services.gateway") / "ratelimit.lua").read_text(encoding="utf-8")
_LOCAL = 10_000  # keys that one process counts for itself
_ROUNDING = 1e-6  # seconds, as in the script


class Limit(NamedTuple):
    """Requests a second, and at once."""

    name: str
    rate: float
    burst: int


class Verdict(NamedTuple):
    """Whether a request may go on: ``refused`` is the limit that says no, ``ahead`` the seconds booked on each."""

    refused: Limit | None
    ahead: tuple[tuple[Limit, float], ...]
    shared: bool

    @property
    def retry_after(self) -> int:
        """Whole seconds until the refusing limit lets one through."""
        if self.refused is None:
            return 0
        limit, ahead = self.refused, dict(self.ahead)[self.refused]
        return max(1, math.ceil(ahead + (1 - limit.burst) / limit.rate))

    def headers(self) -> dict[str, str]:
        """RateLimit fields of draft-ietf-httpapi-ratelimit-headers-10; windows are those of a full burst."""
        policies = (f'"{x.name}";q={x.burst};w={math.ceil(x.burst / x.rate)}' for x, _ in self.ahead)
        # How many are left, and in how many seconds all will be.
        left = (
            f'"{x.name}";r={max(0, math.floor(x.burst - ahead * x.rate + _ROUNDING))};t={math.ceil(ahead)}'
            for x, ahead in self.ahead
        )
        return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(left)}


class RateLimiter:
    """Takes one request from each of a caller's limits, or from none."""

    def __init__(
        self,
        redis: SpareRedis,
        subject: Limit,
        tenant: Limit,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = redis
        self._limits = (subject, tenant)
        self._clock = clock
        self._local: dict[str, float] = {}

    async def take(self, subject: str, tenant: str) -> Verdict:
        """Say whether a caller's request may go on."""
        # One hash tag: both keys are on the same node of a cluster.
        keys = [f"gateway:limit:{{{tenant}}}:subject:{subject}", f"gateway:limit:{{{tenant}}}:tenant"]
        numbers = [number for x in self._limits for number in (1 / x.rate, x.burst)]

        async def count(redis: Redis) -> list[bytes]:
            found: list[bytes] = await redis.register_script(_LUA)(keys=keys, args=numbers)
            return found

        try:
            refused, *ahead = await self._redis.ask(count)
        except RedisError:
            number, seconds = self._count(keys)
            return self._verdict(number, seconds, shared=False)
        return self._verdict(int(refused), [float(a) for a in ahead], shared=True)

    def _count(self, keys: list[str]) -> tuple[int, list[float]]:
        """The script's algorithm on this process' own numbers."""
        now = self._clock()
        if len(self._local) > _LOCAL:
            self._local = {key: due for key, due in self._local.items() if due > now}
        ahead = [max(self._local.get(key, 0.0), now) - now for key in keys]
        for k, (limit, seconds) in enumerate(zip(self._limits, ahead, strict=True), start=1):
            if seconds + 1 / limit.rate > limit.burst / limit.rate + _ROUNDING:
                return k, ahead
        ahead = [a + 1 / limit.rate for a, limit in zip(ahead, self._limits, strict=True)]
        self._local |= {key: now + a for key, a in zip(keys, ahead, strict=True)}
        return 0, ahead

    def _verdict(self, refused: int, ahead: list[float], *, shared: bool) -> Verdict:
        limit = self._limits[refused - 1] if refused else None
        return Verdict(limit, tuple(zip(self._limits, ahead, strict=True)), shared)
