"""A decision is given once it is logged; those that wait at the same time share one transaction."""

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from somahub.services.policy_engine.models import Record
from somahub.services.policy_engine.store import Store


class DecisionLog:
    """Group commit before the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[Record, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def add(self, record: Record) -> None:
        """Return when the record is committed; raises SQLAlchemy's error when it can't be."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((record, written))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await written

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            failure: SQLAlchemyError | None = None
            try:
                await asyncio.to_thread(self._store.add, [record for record, _ in batch])
            except SQLAlchemyError as error:
                failure = error
            for _, written in batch:
                if written.done():  # whoever waited is gone
                    continue
                if failure is None:
                    written.set_result(None)
                else:
                    written.set_exception(failure)
