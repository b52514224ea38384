"""Remember, recall, forget: each counted by how it ended."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from somahub.services.memory_gateway.cache import QueryVectors
from somahub.services.memory_gateway.context import assemble
from somahub.services.memory_gateway.embedding import Embedder
from somahub.services.memory_gateway.models import (
    Context,
    ContextRequest,
    Memory,
    NewMemory,
    Recall,
    Recalled,
)
from somahub.services.memory_gateway.store import MemoryStore, StoreUnavailableError, memory_id
from somahub.telemetry import Telemetry


class MissingMemoryError(LookupError):
    """The tenant has no such memory."""

    def __init__(self, ident: str) -> None:
        super().__init__(f"There is no memory {ident}.")


class Memories:
    """What the routes do, for one tenant at a time. All methods raise ``StoreUnavailableError``."""

    def __init__(
        self, telemetry: Telemetry, store: MemoryStore, embedder: Embedder, queries: QueryVectors
    ) -> None:
        self._telemetry = telemetry
        self._store = store
        self._embedder = embedder
        self._queries = queries

    async def remember(self, tenant: str, new: NewMemory) -> Memory:
        """Store a memory; it is durable when this returns."""
        with self._operation("remember"):
            with self._telemetry.span("memory.embed", characters=len(new.text)):
                vector = await asyncio.to_thread(self._embedder.embed, new.text)
            memory = Memory(
                id=memory_id(tenant, new.key),
                tenant=tenant,
                text=new.text,
                tags=new.tags,
                created_at=datetime.now(UTC),
            )
            with self._telemetry.span("memory.store", tenant=tenant):
                await self._store.put(memory, vector)
        self._telemetry.event("memory.remembered", tenant=tenant, memory_id=memory.id)
        return memory

    async def read(self, tenant: str, ident: str) -> Memory:
        """One memory; ``MissingMemoryError`` when the tenant has none of this id."""
        with self._operation("read"):
            memory = await self._store.get(tenant, ident)
            if memory is None:
                raise MissingMemoryError(ident)
        return memory

    async def forget(self, tenant: str, ident: str) -> None:
        """Delete one memory; ``MissingMemoryError`` when the tenant has none of this id."""
        with self._operation("forget"):
            if not await self._store.delete(tenant, ident):
                raise MissingMemoryError(ident)
        self._telemetry.event("memory.forgotten", tenant=tenant, memory_id=ident)

    async def erase(self, tenant: str) -> int:
        """Delete everything of a tenant, and say how many memories that were."""
        with self._operation("erase"):
            erased = await self._store.erase(tenant)
        cleared = await self._queries.forget(tenant)
        self._telemetry.event("memory.erased", tenant=tenant, erased=erased, cache_cleared=cleared)
        return erased

    async def recall(self, tenant: str, question: Recall) -> tuple[Recalled, ...]:
        """The memories that are most similar to the query, best first."""
        with self._operation("recall"):
            return await self._search(tenant, question)

    async def context(self, tenant: str, request: ContextRequest) -> Context:
        """What is recalled, as one text within the budget."""
        with self._operation("context"):
            return assemble(await self._search(tenant, request), request.budget)

    async def check(self) -> None:
        """Count the points; the error when Qdrant does not answer."""
        self._telemetry.set("memory_points", await self._store.count())

    async def _search(self, tenant: str, question: Recall) -> tuple[Recalled, ...]:
        with self._telemetry.span("memory.embed", characters=len(question.query)):
            vector = await self._queries.of(tenant, question.query)
        with self._telemetry.span("memory.search", tenant=tenant, limit=question.limit):
            found = await self._store.search(tenant, vector, question.limit, question.min_score)
        self._telemetry.observe("memory_recall_results", len(found))
        return tuple(found)

    @contextmanager
    def _operation(self, name: str) -> Iterator[None]:
        outcome = "success"
        try:
            yield
        except MissingMemoryError:
            outcome = "missing"
            raise
        except StoreUnavailableError:
            outcome = "unavailable"
            raise
        finally:
            self._telemetry.count("memory_operations_total", operation=name, outcome=outcome)
