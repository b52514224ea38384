"""Notifications that must be sent: rows that replicas lease, send and mark; none is deleted or dropped."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from alerts.paging.engine import Notification
from alerts.paging.incident import Occasion
from alerts.paging.tables import outbox

WAITING, SENT, SUPERSEDED = "waiting", "sent", "superseded"


class Claim(NamedTuple):
    """A notification that this replica may send; ``attempts`` counts this one, ``answer`` is the receiver's earlier one."""

    dedup_key: str
    incident: str
    occasion: Occasion
    receiver: str
    person: str
    attempts: int
    answer: str
    lease: datetime


class Result(NamedTuple):
    """How an attempt ended; with ``error``, it is tried again at ``again``."""

    claim: Claim
    at: datetime
    answer: str = ""
    error: str = ""
    again: datetime | None = None


class Backlog(NamedTuple):
    """What waits although it is due."""

    waiting: int
    oldest: float  # seconds


def enqueue(connection: Connection, notifications: Iterable[Notification], now: datetime) -> None:
    """Write notifications into the transaction of the state that they follow from."""
    rows = [
        {
            "dedup_key": one.dedup_key,
            "incident": one.incident,
            "occasion": one.occasion.value,
            "step": one.step,
            "receiver": one.receiver,
            "person": one.person,
            "state": WAITING,
            "created": now.timestamp(),
            "due": one.due.timestamp(),
        }
        for one in notifications
    ]
    if rows:
        connection.execute(insert(outbox), rows)


def supersede(connection: Connection, incident: str, occasions: Iterable[Occasion]) -> None:
    """What was not sent yet no longer matters; something later says more."""
    mine = (outbox.c.incident == incident, outbox.c.state == WAITING)
    which = outbox.c.occasion.in_([occasion.value for occasion in occasions])
    connection.execute(update(outbox).where(*mine, which).values(state=SUPERSEDED))


def waiting(connection: Connection, now: datetime) -> bool:
    """Whether there is anything to claim."""
    return connection.execute(select(outbox.c.dedup_key).where(*_free(now)).limit(1)).first() is not None


def claim(  # noqa: PLR0913 - a lease has as many sides
    connection: Connection,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    *,
    busy: Collection[str] = (),
) -> list[Claim]:
    """Lease what is due, oldest first; nobody else gets it before the lease is over. ``busy`` receivers wait."""
    picked = select(outbox).where(*_free(now), outbox.c.receiver.not_in(busy)).order_by(outbox.c.due)
    rows = connection.execute(picked.limit(limit).with_for_update(skip_locked=True)).mappings().all()
    if not rows:
        return []
    taken = {
        "owner": owner,
        "lease": (now + lease).timestamp(),
        "attempts": outbox.c.attempts + 1,
    }
    keys = [row["dedup_key"] for row in rows]
    connection.execute(update(outbox).where(outbox.c.dedup_key.in_(keys)).values(taken))
    answers = _answers(connection, {row["incident"] for row in rows})
    return [
        Claim(
            row["dedup_key"],
            row["incident"],
            Occasion(row["occasion"]),
            row["receiver"],
            row["person"],
            row["attempts"] + 1,
            answers.get((row["incident"], row["receiver"]), ""),
            now + lease,
        )
        for row in rows
    ]


def record(connection: Connection, owner: str, results: Sequence[Result]) -> None:
    """Write how attempts ended; a claim that somebody else has by now is theirs."""
    for result in results:
        one = outbox.c.dedup_key == result.claim.dedup_key
        if not result.error:
            # Even if it was superseded meanwhile, or claimed by another, who thus needs not send it: it is out.
            sent = {"state": SENT, "sent": result.at.timestamp(), "answer": result.answer, "error": None}
            connection.execute(update(outbox).where(one).values(sent))
        else:
            # A lease of nobody's: due it was, and stays, since when it was.
            again = (result.again or result.at).timestamp()
            failed = {"owner": None, "lease": again, "error": result.error[:500]}
            mine = (one, outbox.c.owner == owner, outbox.c.state == WAITING)
            connection.execute(update(outbox).where(*mine).values(failed))


def release(connection: Connection, owner: str) -> None:
    """What an owner claimed is free again: it is dead."""
    mine = (outbox.c.owner == owner, outbox.c.state == WAITING)
    connection.execute(update(outbox).where(*mine).values(owner=None, lease=None))


def backlog(connection: Connection, now: datetime) -> Backlog:
    """What is late, and by how much the oldest is."""
    late = (outbox.c.state == WAITING, outbox.c.due <= now.timestamp())
    count, oldest = connection.execute(select(func.count(), func.min(outbox.c.due)).where(*late)).one()
    return Backlog(count, now.timestamp() - oldest if count else 0.0)


def _free(now: datetime) -> tuple[ColumnElement[bool], ...]:
    at = now.timestamp()
    unleased = or_(outbox.c.lease.is_(None), outbox.c.lease <= at)
    return outbox.c.state == WAITING, outbox.c.due <= at, unleased


def _answers(connection: Connection, of: Collection[str]) -> dict[tuple[str, str], str]:
    """What receivers answered to the first notification of an incident, such as the key of an issue."""
    query = select(outbox.c.incident, outbox.c.receiver, outbox.c.answer).where(
        outbox.c.incident.in_(of), outbox.c.answer != ""
    )
    rows = connection.execute(query.order_by(outbox.c.step.desc())).all()
    return {(row.incident, row.receiver): row.answer for row in rows}
