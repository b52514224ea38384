"""Verdicts in Redis, by constitution and question. It is a help only: without it, policies are evaluated each time."""

import hashlib
import time
from collections.abc import Mapping

from pydantic import JsonValue, TypeAdapter, ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from somahub.ijson import canonical
from somahub.services.policy_engine.rego import Verdict

_VERDICT = TypeAdapter(Verdict)
_PAUSE = 1.0  # seconds without Redis after it failed, so that no request waits for it in vain


class Cache:
    """``redis`` has short timeouts; ``ttl`` is in seconds."""

    def __init__(self, redis: Redis, ttl: int) -> None:
        self._redis = redis
        self._ttl = ttl
        self._again = 0.0

    @property
    def bypassed(self) -> bool:
        """Whether Redis failed just now."""
        return time.monotonic() < self._again

    async def get(self, digest: str, question: Mapping[str, JsonValue]) -> Verdict | None:
        """The verdict, if it is known."""
        if self.bypassed:
            return None
        try:
            found = await self._redis.get(_key(digest, question))
            return _VERDICT.validate_json(found) if found else None
        except (RedisError, OSError, TimeoutError):
            self._again = time.monotonic() + _PAUSE
        except ValidationError:
            pass  # not ours: it is evaluated, and overwritten
        return None

    async def put(self, digest: str, question: Mapping[str, JsonValue], verdict: Verdict) -> None:
        """Keep a verdict for a while."""
        if self.bypassed:
            return
        try:
            await self._redis.set(_key(digest, question), _VERDICT.dump_json(verdict), ex=self._ttl)
        except (RedisError, OSError, TimeoutError):
            self._again = time.monotonic() + _PAUSE

    async def check(self) -> None:
        """Raise redis-py's error when Redis does not answer."""
        await self._redis.ping()


def _key(digest: str, question: Mapping[str, JsonValue]) -> str:
    asked = hashlib.sha256(canonical(dict(question)).encode()).hexdigest()
    return f"policy:{digest[:16]}:{asked}"
