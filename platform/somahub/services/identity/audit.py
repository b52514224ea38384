"""The audit log: each entry's hash covers the one before, under a key that is not in the database.

Whoever changes, removes or adds an entry behind this service's back breaks the chain. That the last entries are
missing shows by the log line of each: it has the sequence number and the hash.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Connection, Engine, RowMapping, insert, select

from somahub.services.identity.connections import alone, writing
from somahub.services.identity.models import AuditEntry, AuditVerification
from somahub.services.identity.tables import AUDIT

Outcome = Literal["success", "failure"]
_BATCH = 1000


class Transaction:
    """Changes and the notes about them: all are kept, or none."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.notes: list[tuple[str, str, str, Outcome]] = []

    def note(self, actor: str, action: str, target: str, outcome: Outcome = "success") -> None:
        """Say who did what to what."""
        self.notes.append((actor, action, target, outcome))


class AuditLog:
    """Append to the log, read it, verify it; ``written`` hears of each entry once it is committed."""

    def __init__(
        self,
        engine: Engine,
        key: bytes,
        written: Callable[[AuditEntry], None],
        clock: Callable[[], float],
    ) -> None:
        self._engine = engine
        self._key = key
        self._written = written
        self._clock = clock

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Change the database, and note it."""
        with writing(self._engine) as connection:
            made = Transaction(connection)
            yield made
            # At the end, since all others wait from here to the commit.
            entries = self._append(made) if made.notes else []
        for entry in entries:
            self._written(entry)

    def read(self, after: int, limit: int) -> list[AuditEntry]:
        """Entries in order, from the one after a sequence number."""
        query = select(AUDIT).where(AUDIT.c.sequence > after).order_by(AUDIT.c.sequence).limit(limit)
        with self._engine.connect() as connection:
            return [_entry(row) for row in connection.execute(query).mappings()]

    def verify(self) -> AuditVerification:
        """Compute the whole chain anew; ``broken_at`` is the first entry that is not what was written."""
        count, head = 0, ""
        query = select(AUDIT).order_by(AUDIT.c.sequence).execution_options(yield_per=_BATCH)
        with self._engine.connect() as connection, connection.execute(query) as rows:
            for row in rows.mappings():
                entry = _entry(row)
                if entry.sequence != count + 1 or not hmac.compare_digest(
                    entry.hash, self._hash(entry, head)
                ):
                    return AuditVerification(intact=False, entries=count, head=head, broken_at=count + 1)
                count, head = entry.sequence, entry.hash
        return AuditVerification(intact=True, entries=count, head=head)

    def _append(self, made: Transaction) -> list[AuditEntry]:
        alone(made.connection)
        query = select(AUDIT.c.sequence, AUDIT.c.hash).order_by(AUDIT.c.sequence.desc()).limit(1)
        row = made.connection.execute(query).one_or_none()
        sequence, head = (row.sequence, row.hash) if row else (0, "")
        entries = []
        for actor, action, target, outcome in made.notes:
            sequence += 1
            bare = AuditEntry(
                sequence=sequence,
                at=datetime.fromtimestamp(self._clock(), UTC),
                actor=actor,
                action=action,
                target=target,
                outcome=outcome,
                hash="",
            )
            head = self._hash(bare, head)
            entries.append(bare.model_copy(update={"hash": head}))
        made.connection.execute(insert(AUDIT), [entry.model_dump() for entry in entries])
        return entries

    def _hash(self, entry: AuditEntry, before: str) -> str:
        said = [
            before,
            entry.sequence,
            entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            entry.actor,
            entry.action,
            entry.target,
            entry.outcome,
        ]
        return hmac.new(self._key, json.dumps(said).encode(), hashlib.sha256).hexdigest()


def _entry(row: RowMapping) -> AuditEntry:
    at = row["at"]
    # SQLite drops the zone; what is stored is always UTC.
    return AuditEntry.model_validate({**row, "at": at if at.tzinfo else at.replace(tzinfo=UTC)})
