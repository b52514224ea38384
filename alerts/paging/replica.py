"""A replica of the pager: a name that outlasts restarts, and the epoch of its start.

A start ends the epoch before it: that process is dead, so what it had claimed is free at once. What a replica had that
never comes back is free when its lease is over.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from alerts.paging import outbox
from alerts.paging.tables import replicas


class Replica(NamedTuple):
    """One start of a replica; as text, ``name/epoch``, it owns claims and is told to receivers."""

    name: str
    epoch: int

    def __str__(self) -> str:
        """As it is written to the outbox."""
        return f"{self.name}/{self.epoch}"


def begin(connection: Connection, name: str, now: datetime) -> Replica:
    """Begin the next epoch, and take back what the one before had claimed."""
    row = replicas.c.name == name
    before = connection.scalar(select(replicas.c.epoch).where(row).with_for_update())
    begun = {"epoch": (before or 0) + 1, "began": now.timestamp()}
    if before is None:
        connection.execute(insert(replicas).values(name=name, **begun))
    else:
        connection.execute(update(replicas).where(row).values(begun))
        outbox.release(connection, str(Replica(name, before)))
    return Replica(name, (before or 0) + 1)


def is_current(connection: Connection, replica: Replica) -> bool:
    """Whether no later epoch began; none begins before the transaction ends."""
    query = select(replicas.c.epoch).where(replicas.c.name == replica.name)
    return connection.scalar(query.with_for_update(read=True)) == replica.epoch
