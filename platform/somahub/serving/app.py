"""The frame of a service: its routers between telemetry, faults, errors and health."""

import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse

from somahub import problems
from somahub.faults import FaultMiddleware, Schedule
from somahub.serving.readiness import Readiness
from somahub.telemetry import Telemetry, instrument
from somahub.telemetry.http import SILENT, UNCOUNTED

# What lives as long as the app: a client's connections, a task in the background.
Resident = Callable[[], AbstractAsyncContextManager[object]]


def service_app(
    telemetry: Telemetry,
    routers: Iterable[APIRouter],
    readiness: Readiness,
    *,
    faults: Schedule | None = None,
    residents: Iterable[Resident] = (),
) -> FastAPI:
    """Build the app; faults sit below the telemetry, which must see them."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for resident in (*residents, readiness.watching):
                await stack.enter_async_context(resident())
            yield

    service = telemetry.service
    app = FastAPI(title=service.label, version="1.0.0", lifespan=lifespan, telemetry=SILENT)
    problems.install(app)
    for router in routers:
        app.include_router(router)

    @app.get("/health", tags=["operations"])
    async def health() -> dict[str, str]:
        """Say that the process lives."""
        return {"status": "alive"}

    @app.get("/ready", tags=["operations"], responses={503: {"description": "A dependency fails."}})
    async def ready() -> JSONResponse:
        """Say whether the dependencies answer; 503 when one does not."""
        found = await readiness.look()
        if any(state != "up" for state in found.values()):
            return problems.problem(503, "A dependency fails.", dependencies=found)
        return JSONResponse({"status": "ready", "dependencies": found})

    if faults is not None:
        app.add_middleware(
            FaultMiddleware, service=service.name, schedule=faults, clock=time.time, spared=UNCOUNTED
        )
    instrument(app, telemetry)
    return app
