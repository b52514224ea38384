"""The gateway's HTTP API."""

import asyncio

from fastapi import FastAPI

from somahub.faults import Schedule
from somahub.services.gateway.sessions import sessions
from somahub.services.gateway.store import SessionStore
from somahub.serving import Readiness, service_app
from somahub.telemetry import Telemetry


def create_app(telemetry: Telemetry, store: SessionStore, faults: Schedule | None = None) -> FastAPI:
    """Build the app around its telemetry and store."""

    async def stored() -> None:
        await asyncio.to_thread(store.check)

    readiness = Readiness(telemetry, {"store": stored} if "store" in telemetry.service.needs else {})
    return service_app(telemetry, [sessions(telemetry, store)], readiness, faults=faults)
