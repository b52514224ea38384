"""The orchestrator's HTTP API."""

from collections.abc import Iterable, Mapping

from fastapi import FastAPI

from somahub.auth import Guard
from somahub.faults import Schedule
from somahub.services.orchestrator.runs import Runs
from somahub.services.orchestrator.workflows import workflows
from somahub.serving import Check, Readiness, Resident, service_app
from somahub.telemetry import Telemetry


def create_app(  # noqa: PLR0913 - what it is made of
    telemetry: Telemetry,
    guard: Guard,
    runs: Runs,
    peers: Mapping[str, Check],
    *,
    faults: Schedule | None = None,
    residents: Iterable[Resident] = (),
) -> FastAPI:
    """Build the app; ``peers`` are the checks of the services that workflows ask."""
    readiness = Readiness(telemetry, {"temporal": runs.check, **peers})
    routers = [workflows(telemetry, guard, runs)]
    return service_app(telemetry, routers, readiness, faults=faults, residents=residents)
