"""Tokens that were taken back, until they would have expired: in the database, in Redis, and in memory.

Any one of the three remembers for the others: what one lost, or missed while it was down, is written to it again.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import Column, Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from somahub.services.identity.connections import writing
from somahub.services.identity.tables import REVOKED, TOKENS

KEY = "identity:revoked"  # a sorted set: token ids by the second in which they expire


class RevokedTokens:
    """Take tokens back, and know those that were; ``tokens`` are their ids with the second in which each expires."""

    def __init__(self, engine: Engine, redis: Redis, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._redis = redis
        self._clock = clock
        self._known: dict[str, int] = {}
        self._looked = False

    def revoked(self, token_id: str) -> bool:
        """Whether a token was taken back, as far as is known here: of other instances, within a second."""
        return token_id in self._known

    def ids(self) -> tuple[str, ...] | None:
        """All of them; None before any store was asked."""
        return tuple(self._known) if self._looked else None

    async def add(self, tokens: Mapping[str, int]) -> bool:
        """Take tokens back at once; whether both stores know, who else learn of it as soon as they answer.

        Raises SQLAlchemy's error where neither does.
        """
        live = {token: end for token, end in tokens.items() if end > self._clock()}
        if not live:
            return True
        cached = await self._cache(live)
        try:
            await asyncio.to_thread(self._store, live)
        except SQLAlchemyError:
            if not cached:
                raise
            cached = False
        self._known |= live
        return cached

    async def refresh(self) -> None:
        """Bring memory, database and Redis to the same; what does not answer stays as it was."""
        stored: dict[str, int] | None = None
        cached: dict[str, int] | None = None
        with suppress(SQLAlchemyError):
            stored = await asyncio.to_thread(self._stored)
        with suppress(RedisError):
            now = int(self._clock())
            await self._redis.zremrangebyscore(KEY, "-inf", now)
            # The client decodes; the type of its answers does not know that.
            pairs: Any = await self._redis.zrange(KEY, 0, -1, withscores=True)
            cached = {token: int(end) for token, end in pairs}
        found = self._known | (stored or {}) | (cached or {})
        live = {token: end for token, end in found.items() if end > self._clock()}
        self._known = live
        self._looked = self._looked or stored is not None or cached is not None
        if stored is not None and (missed := _without(live, stored)):
            with suppress(SQLAlchemyError):
                await asyncio.to_thread(self._store, missed)
        if cached is not None and (missed := _without(live, cached)):
            await self._cache(missed)

    def of_account(self, account: str) -> dict[str, int]:
        """The live tokens of an account."""
        return self._tokens(TOKENS.c.account, [account])

    def of_family(self, family: str) -> dict[str, int]:
        """The live tokens of a sign-in."""
        return self._tokens(TOKENS.c.family, [family])

    def of_keys(self, keys: Iterable[str]) -> dict[str, int]:
        """The live tokens that keys signed."""
        return self._tokens(TOKENS.c.key, list(keys))

    def tidy(self) -> None:
        """Remove what has expired from the database."""
        now = int(self._clock())
        with writing(self._engine) as connection:
            connection.execute(delete(REVOKED).where(REVOKED.c.expires <= now))
            connection.execute(delete(TOKENS).where(TOKENS.c.expires <= now))

    def _tokens(self, column: Column[str], values: list[str]) -> dict[str, int]:
        query = select(TOKENS.c.id, TOKENS.c.expires).where(
            column.in_(values), TOKENS.c.expires > int(self._clock())
        )
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def _stored(self) -> dict[str, int]:
        query = select(REVOKED.c.token, REVOKED.c.expires).where(REVOKED.c.expires > int(self._clock()))
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def _store(self, tokens: Mapping[str, int]) -> None:
        build = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        rows = [{"token": token, "expires": end} for token, end in tokens.items()]
        with writing(self._engine) as connection:
            connection.execute(build(REVOKED).on_conflict_do_nothing(), rows)

    async def _cache(self, tokens: Mapping[str, int]) -> bool:
        try:
            await self._redis.zadd(KEY, dict(tokens))
        except RedisError:
            return False
        return True


def _without(tokens: Mapping[str, int], known: Mapping[str, int]) -> dict[str, int]:
    return {token: end for token, end in tokens.items() if token not in known}
