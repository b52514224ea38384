"""Memories in Qdrant: embedded in this process, on files, or a server by its URL.

The embedded mode compares with every point of a tenant: it is made for up to 20,000 points in one collection, above
which the client warns. Each write is committed by SQLite before it is acknowledged. A folder has one process.
"""

import asyncio
import sqlite3
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from qdrant_client import QdrantClient
from qdrant_client import models as qdrant
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from somahub.faults import Schedule
from somahub.services.memory_gateway.embedding import Vector
from somahub.services.memory_gateway.layout import PREFIX, TENANT, Apart, Layout, Shared
from somahub.services.memory_gateway.models import Memory, Recalled

_T = TypeVar("_T")
_TIMEOUT = 5  # seconds
_CONNECTIONS = 8
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://memory-gateway.soma-agent-hub/tenants")
_FAILURES = (ResponseHandlingException, UnexpectedResponse, sqlite3.Error, OSError)


class StoreUnavailableError(Exception):
    """Qdrant does not do what it is asked."""


class MemoryStore:
    """Put, get, search and delete; every write is durable when the method returns.

    All methods raise ``StoreUnavailableError``. ``faults`` named ``qdrant`` and ``down`` make them do so.
    """

    def __init__(  # noqa: PLR0913 - all but the first three have defaults
        self,
        client: QdrantClient,
        layout: Layout,
        size: int,
        *,
        workers: int = 1,
        faults: Schedule | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._layout = layout
        self._size = size
        self._faults = faults or Schedule()
        self._clock = clock
        # The embedded client is no client of many threads, and SQLite's connections belong to the one that opened them.
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="qdrant")
        self._made: set[str] = set()

    @classmethod
    def embedded(cls, folder: Path, size: int, faults: Schedule | None = None) -> "MemoryStore":
        """Qdrant in this process, on the files of a folder."""
        client = QdrantClient(path=str(folder), force_disable_check_same_thread=True)
        return cls(client, Apart(), size, faults=faults)

    @classmethod
    def server(
        cls, url: str, size: int, api_key: str | None = None, faults: Schedule | None = None
    ) -> "MemoryStore":
        """A Qdrant server, which need not answer yet."""
        client = QdrantClient(url=url, api_key=api_key, timeout=_TIMEOUT, check_compatibility=False)
        return cls(client, Shared(), size, workers=_CONNECTIONS, faults=faults)

    async def put(self, memory: Memory, vector: Vector) -> None:
        """Store a memory; one of the same id is replaced."""
        point = qdrant.PointStruct(id=memory.id, vector=vector, payload=memory.model_dump(mode="json"))
        await self._call(partial(self._put, memory.tenant, point))

    async def get(self, tenant: str, memory_id: str) -> Memory | None:
        """One memory of a tenant."""
        return await self._call(partial(self._get, tenant, memory_id))

    async def search(self, tenant: str, vector: Vector, limit: int, min_score: float) -> list[Recalled]:
        """The memories of a tenant that are most similar, best first; of equal ones, by id."""
        return await self._call(partial(self._search, tenant, vector, limit, min_score))

    async def delete(self, tenant: str, memory_id: str) -> bool:
        """Delete one memory; false when the tenant has none of this id."""
        return await self._call(partial(self._delete, tenant, memory_id))

    async def erase(self, tenant: str) -> int:
        """Delete all memories of a tenant; how many there were."""
        return await self._call(partial(self._erase, tenant))

    async def count(self) -> int:
        """How many memories all tenants have."""
        return await self._call(self._count)

    def close(self) -> None:
        """Let go of the files or connections."""
        self._pool.submit(self._client.close).result()
        self._pool.shutdown()

    async def _call(self, work: Callable[[], _T]) -> _T:
        if "down" in self._faults.on("qdrant", self._clock()):
            raise StoreUnavailableError("Qdrant is down: an injected fault.")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except _FAILURES as error:
            self._made.clear()  # a server that comes back may have lost what it had
            raise StoreUnavailableError(f"Qdrant failed: {type(error).__name__}.") from error

    def _put(self, tenant: str, point: qdrant.PointStruct) -> None:
        name = self._layout.collection(tenant)
        self._make(name)
        self._client.upsert(name, [point], wait=True)

    def _get(self, tenant: str, memory_id: str) -> Memory | None:
        name = self._layout.collection(tenant)
        if not self._there(name):
            return None
        for record in self._client.retrieve(name, [memory_id], with_payload=True):
            if (record.payload or {}).get(TENANT) == tenant:
                return Memory.model_validate(record.payload)
        return None

    def _search(self, tenant: str, vector: Vector, limit: int, min_score: float) -> list[Recalled]:
        name = self._layout.collection(tenant)
        if not self._there(name):
            return []
        found = self._client.query_points(
            name,
            query=vector,
            query_filter=self._layout.only(tenant),
            limit=limit,
            score_threshold=min_score,
            with_payload=True,
        )
        recalled = [Recalled.model_validate({**(p.payload or {}), "score": p.score}) for p in found.points]
        return sorted(recalled, key=lambda m: (-m.score, m.id))

    def _delete(self, tenant: str, memory_id: str) -> bool:
        if self._get(tenant, memory_id) is None:
            return False
        self._client.delete(self._layout.collection(tenant), [memory_id], wait=True)
        return True

    def _erase(self, tenant: str) -> int:
        name = self._layout.collection(tenant)
        if not self._there(name):
            return 0
        only = self._layout.only(tenant)
        erased = self._client.count(name, count_filter=only, exact=True).count
        if only is None:
            self._client.delete_collection(name)
            self._made.discard(name)
        else:
            self._client.delete(name, qdrant.FilterSelector(filter=only), wait=True)
        return erased

    def _count(self) -> int:
        names = [c.name for c in self._client.get_collections().collections]
        return sum(self._client.count(n, exact=True).count for n in names if n.startswith(PREFIX))

    def _there(self, name: str) -> bool:
        return name in self._made or self._client.collection_exists(name)

    def _make(self, name: str) -> None:
        if not self._there(name):
            vectors = qdrant.VectorParams(size=self._size, distance=qdrant.Distance.COSINE)
            self._client.create_collection(name, vectors_config=vectors)
            if self._layout.indexed:
                index = qdrant.KeywordIndexParams(type=qdrant.KeywordIndexType.KEYWORD, is_tenant=True)
                self._client.create_payload_index(name, TENANT, field_schema=index, wait=True)
        self._made.add(name)


def memory_id(tenant: str, key: str) -> str:
    """The id of a key's memory, always the same; without a key, a new one."""
    space = uuid.uuid5(_SPACE, tenant)
    return str(uuid.uuid5(space, key) if key else uuid.uuid4())
