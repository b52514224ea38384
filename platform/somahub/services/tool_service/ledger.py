"""Which key was used, for what, and how that ended: durable, so that a use has at most one effect.

A use is claimed before it begins and finished after; a claim whose time ran out belongs to a process that died.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import (
    Column,
    Engine,
    Float,
    MetaData,
    String,
    Table,
    Text,
    and_,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.elements import ColumnElement

_METADATA = MetaData()
_USES = Table(
    "tool_uses",
    _METADATA,
    Column("tenant", String(100), primary_key=True),
    Column("tool", String(100), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("owner", String(100), nullable=False),
    Column("began", Float, nullable=False, index=True),
    Column("until", Float, nullable=False),
    Column("result", Text),
)


class Slot(NamedTuple):
    """One key of one tool of one tenant."""

    tenant: str
    tool: str
    key: str


class Use(NamedTuple):
    """A use as it stands: ``digest`` is of its arguments, ``result`` is JSON, and None while it is under way."""

    digest: str
    until: float
    result: str | None

    def lost(self, now: float) -> bool:
        """Whether whoever began it will not finish it."""
        return self.result is None and self.until < now


class Ledger:
    """All methods block; what is written is committed when they return. Times are in seconds since the epoch."""

    def __init__(self, engine: Engine, owner: str, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._owner = owner
        self.clock = clock
        _METADATA.create_all(engine)

    def claim(self, slot: Slot, digest: str, seconds: float) -> Use | None:
        """Begin a use; what is there already, if that is so."""
        now = self.clock()
        row = {**slot._asdict(), "digest": digest, "owner": self._owner, "began": now, "until": now + seconds}
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(_USES).values(row))
        except IntegrityError:
            return self.use(slot) or self.claim(slot, digest, seconds)
        return None

    def take_over(self, slot: Slot, lost: Use, seconds: float) -> bool:
        """Begin a lost use again; False where another did."""
        until = self.clock() + seconds
        change = update(_USES).where(_is(slot), _USES.c.result.is_(None), _USES.c.until == lost.until)
        with self._engine.begin() as connection:
            return connection.execute(change.values(until=until, owner=self._owner)).rowcount == 1

    def finish(self, slot: Slot, result: str) -> bool:
        """Keep the result, if there is none yet."""
        change = update(_USES).where(_is(slot), _USES.c.result.is_(None)).values(result=result)
        with self._engine.begin() as connection:
            return connection.execute(change).rowcount == 1

    def release(self, slot: Slot) -> None:
        """Free a key whose use had no effect."""
        with self._engine.begin() as connection:
            connection.execute(delete(_USES).where(_is(slot), _USES.c.result.is_(None)))

    def use(self, slot: Slot) -> Use | None:
        """What is known of a key."""
        query = select(_USES.c.digest, _USES.c.until, _USES.c.result).where(_is(slot))
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return Use(*row) if row else None

    def abandon(self) -> int:
        """Give up what this owner's last process left behind; how many that were."""
        change = update(_USES).where(_USES.c.owner == self._owner, _USES.c.result.is_(None)).values(until=0)
        with self._engine.begin() as connection:
            return connection.execute(change).rowcount

    def forget(self, seconds: float) -> int:
        """Delete finished uses that began longer ago; how many that were."""
        old = and_(_USES.c.began < self.clock() - seconds, _USES.c.result.is_not(None))
        with self._engine.begin() as connection:
            return connection.execute(delete(_USES).where(old)).rowcount


def _is(slot: Slot) -> ColumnElement[bool]:
    return and_(_USES.c.tenant == slot.tenant, _USES.c.tool == slot.tool, _USES.c.key == slot.key)
