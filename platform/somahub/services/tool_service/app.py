"""The tool service's HTTP API."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from somahub.auth import Guard
from somahub.services.tool_service.attempts import Attempts
from somahub.services.tool_service.circuits import Circuits
from somahub.services.tool_service.invoker import Invoker
from somahub.services.tool_service.ledger import Ledger
from somahub.services.tool_service.registry import Clients, adapters
from somahub.services.tool_service.secrets import Secrets
from somahub.services.tool_service.settings import Settings
from somahub.services.tool_service.store import ObjectStore
from somahub.services.tool_service.tools import tools
from somahub.serving import Readiness, service_app
from somahub.serving.app import Resident
from somahub.telemetry import Telemetry

_TIDY = 3600.0  # seconds


def create_app(  # noqa: PLR0913 - the parts that it is made of
    telemetry: Telemetry,
    settings: Settings,
    guard: Guard,
    *,
    ledger: Ledger,
    store: ObjectStore,
    secrets: Secrets,
    residents: Iterable[Resident] = (),
) -> FastAPI:
    """Build the app around its parts."""
    clients = Clients(settings)
    circuits = Circuits(telemetry, settings.circuit_threshold, settings.circuit_cool)
    invoker = Invoker(
        telemetry,
        adapters(settings, clients, store, secrets),
        ledger,
        Attempts(telemetry, circuits, settings.attempts),
        secrets,
    )
    if lost := ledger.abandon():
        telemetry.event("tool.abandoned", "Uses were under way when the service stopped.", uses=lost)

    @asynccontextmanager
    async def tidying() -> AsyncIterator[None]:
        task = asyncio.create_task(_tidy(ledger, settings.keep))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return service_app(
        telemetry,
        [tools(invoker, guard)],
        Readiness(telemetry, {"minio": store.check}),
        faults=settings.schedule(),
        residents=[*residents, lambda: clients, tidying],
    )


async def _tidy(ledger: Ledger, keep: float) -> None:
    while True:
        with suppress(SQLAlchemyError):
            await asyncio.to_thread(ledger.forget, keep)
        await asyncio.sleep(_TIDY)
