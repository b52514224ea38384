"""The gateway's HTTP API."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fastapi import FastAPI

from somahub.faults import Schedule
from somahub.peers import Peer
from somahub.services.gateway.door import Door
from somahub.services.gateway.events import events
from somahub.services.gateway.runs import Runs
from somahub.services.gateway.sessions import sessions
from somahub.services.gateway.standing import Standing
from somahub.services.gateway.store import SessionStore
from somahub.services.gateway.wizard import Wizard
from somahub.services.gateway.wizards import answering, definitions
from somahub.services.gateway.workflows import workflows
from somahub.serving import Check, Readiness, service_app
from somahub.serving.app import Resident
from somahub.telemetry import Telemetry


class Parts(NamedTuple):
    """What the gateway stands on; ``checks`` are those of Redis and Identity."""

    door: Door
    store: SessionStore
    wizards: Mapping[str, Wizard]
    orchestrator: Peer
    identity: Peer
    checks: Mapping[str, Check]
    stream_every: float = 0.5


def create_app(
    telemetry: Telemetry,
    parts: Parts,
    *,
    faults: Schedule | None = None,
    residents: Iterable[Resident] = (),
) -> FastAPI:
    """Build the app around its parts."""
    door, store, orchestrator = parts.door, parts.store, parts.orchestrator
    standing = Standing(parts.identity)
    routers = [
        sessions(telemetry, store, door),
        definitions(parts.wizards, door),
        answering(telemetry, store, Runs(parts.wizards, store, orchestrator), door, standing),
        workflows(orchestrator, door, standing),
        events(telemetry, orchestrator, door, parts.stream_every),
    ]
    readiness = Readiness(telemetry, {**parts.checks, "orchestrator": orchestrator.check})
    return service_app(telemetry, routers, readiness, faults=faults, residents=residents)
