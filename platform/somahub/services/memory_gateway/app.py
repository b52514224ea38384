"""The memory gateway's HTTP API."""

from collections.abc import Iterable

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from somahub import problems
from somahub.auth import Guard
from somahub.faults import Schedule
from somahub.services.memory_gateway.cache import QueryVectors
from somahub.services.memory_gateway.embedding import Embedder
from somahub.services.memory_gateway.operations import Memories, MissingMemoryError
from somahub.services.memory_gateway.routes import memories, recalling
from somahub.services.memory_gateway.store import MemoryStore, StoreUnavailableError
from somahub.serving import Readiness, service_app
from somahub.serving.app import Resident
from somahub.serving.redis import SpareRedis
from somahub.telemetry import Telemetry


def create_app(  # noqa: PLR0913 - all that it stands on
    telemetry: Telemetry,
    guard: Guard,
    store: MemoryStore,
    embedder: Embedder,
    redis: SpareRedis,
    *,
    faults: Schedule | None = None,
    residents: Iterable[Resident] = (),
) -> FastAPI:
    """Build the app around its store, embedder and cache."""
    operations = Memories(telemetry, store, embedder, QueryVectors(embedder, redis, telemetry))
    readiness = Readiness(telemetry, {"qdrant": operations.check, "redis": redis.check})
    app = service_app(
        telemetry,
        [memories(operations, guard), recalling(operations, guard)],
        readiness,
        faults=faults,
        residents=residents,
    )

    def unavailable(_: Request, error: Exception) -> JSONResponse:
        return problems.problem(503, str(error))

    def missing(_: Request, error: Exception) -> JSONResponse:
        return problems.problem(404, str(error))

    app.add_exception_handler(StoreUnavailableError, unavailable)
    app.add_exception_handler(MissingMemoryError, missing)
    return app
