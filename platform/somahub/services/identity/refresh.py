"""Refresh tokens: one family a sign-in, in Redis; each is good once, and its second use ends the family.

RFC 9700 section 4.14.2. A token is ``family.secret``; only the secret's hash is kept.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from redis.asyncio import Redis

# Two uses of one token at the same time: one of them is the second.
_ROTATE = """
if redis.call('HGET', KEYS[1], 'current') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'current', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""
# What redis-py takes; memoryview has no parameter before Python 3.14.
_Plain: TypeAlias = "bytes | bytearray | memoryview[int] | str | int | float"


class Family(NamedTuple):
    """What a refresh token stands for; ``current`` is false for one that was used; times are in epoch seconds."""

    id: str
    account: str
    scope: str
    began: int
    ends: int
    current: bool


class RefreshSessions:
    """Begin, rotate and end families; they end after ``idle`` seconds unused, and after ``longest`` in any case.

    Every method raises Redis' error when it does not answer.
    """

    def __init__(self, redis: Redis, longest: int, idle: int, clock: Callable[[], float]) -> None:
        self._redis = redis
        self._rotate = redis.register_script(_ROTATE)
        self._longest = longest
        self._idle = idle
        self._clock = clock

    async def begin(self, account: str, scope: str) -> tuple[str, str]:
        """The id of a new family and its first token."""
        family, secret, now = uuid.uuid4().hex, secrets.token_urlsafe(32), int(self._clock())
        values: dict[_Plain, _Plain] = {
            "account": account,
            "scope": scope,
            "began": now,
            "ends": now + self._longest,
            "current": _hashed(secret),
        }
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.hset(_name(family), mapping=values)
            pipeline.expire(_name(family), min(self._idle, self._longest))
            await pipeline.execute()
        return family, f"{family}.{secret}"

    async def read(self, token: str) -> Family | None:
        """The family of a token, if there is one."""
        family, secret = _parts(token)
        # The client decodes; the type of its answers does not know that.
        answer: Any = await self._redis.hgetall(_name(family)) if family else {}
        found: dict[str, str] = answer
        if not found or int(found["ends"]) <= self._clock():
            return None
        current = hmac.compare_digest(found["current"], _hashed(secret))
        return Family(
            family, found["account"], found["scope"], int(found["began"]), int(found["ends"]), current
        )

    async def rotate(self, family: Family, token: str) -> str | None:
        """The next token of a family; None where the given one was used already."""
        secret = secrets.token_urlsafe(32)
        left = min(self._idle, family.ends - int(self._clock()))
        args: list[_Plain] = [_hashed(_parts(token)[1]), _hashed(secret), left]
        return f"{family.id}.{secret}" if await self._rotate([_name(family.id)], args) else None

    async def end(self, family: str) -> None:
        """Make every token of a family void."""
        await self._redis.delete(_name(family))


def _parts(token: str) -> tuple[str, str]:
    family, _, secret = token.partition(".")
    return (family, secret) if len(family) == len(uuid.uuid4().hex) and family.isalnum() else ("", "")


def _name(family: str) -> str:
    return f"identity:refresh:{family}"


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
