"""Embeddings of queries, kept in Redis: a model behind the embedder may be slow, and agents ask again.

A key has digests of tenant and query, never their text, and ends by itself after an hour. Without Redis, each query
is embedded anew.
"""

import asyncio
from array import array
from hashlib import sha256

from redis.asyncio import Redis
from redis.exceptions import RedisError

from somahub.services.memory_gateway.embedding import Embedder, Vector
from somahub.serving.redis import SpareRedis
from somahub.telemetry import Telemetry

_KEPT = 3600  # seconds
_CACHE = "memory_cache_requests_total"


class QueryVectors:
    """Vectors of queries, from the cache or from the embedder."""

    def __init__(self, embedder: Embedder, redis: SpareRedis, telemetry: Telemetry) -> None:
        self._embedder = embedder
        self._redis = redis
        self._telemetry = telemetry

    async def of(self, tenant: str, query: str) -> Vector:
        """The vector of a query: the embedder's, in 32 bits a dimension."""
        key = f"{_prefix(tenant)}{self._embedder.name}:{_digest(query)}"
        try:
            kept = await self._redis.ask(lambda redis: redis.get(key))
        except RedisError:
            self._telemetry.count(_CACHE, outcome="unavailable")
            return await self._embed(query)
        if isinstance(kept, bytes):
            self._telemetry.count(_CACHE, outcome="hit")
            return _floats(kept)
        self._telemetry.count(_CACHE, outcome="miss")
        vector = await self._embed(query)
        packed = array("f", vector).tobytes()
        try:
            await self._redis.ask(lambda redis: redis.set(key, packed, ex=_KEPT))
        except RedisError:
            self._telemetry.count(_CACHE, outcome="unavailable")
        return vector

    async def forget(self, tenant: str) -> bool:
        """Drop what is kept of a tenant; false when Redis does not answer: then it ends within the hour."""

        async def drop(redis: Redis) -> None:
            async for key in redis.scan_iter(match=f"{_prefix(tenant)}*", count=1000):
                await redis.unlink(key)

        try:
            await self._redis.ask(drop)
        except RedisError:
            return False
        return True

    async def _embed(self, query: str) -> Vector:
        return await asyncio.to_thread(self._embedder.embed, query)


def _floats(packed: bytes) -> Vector:
    found: array[float] = array("f", packed)
    return found.tolist()


def _prefix(tenant: str) -> str:
    return f"memory-gateway:query:{_digest(tenant)}:"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]
