"""The worker: it does what workflows ask for, and shows how it does."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from fastapi import FastAPI
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from somahub.services.orchestrator.activities import Activities, Peers
from somahub.services.orchestrator.propagation import Propagation
from somahub.services.orchestrator.sdk import SdkMetrics
from somahub.services.orchestrator.settings import Settings
from somahub.services.orchestrator.temporal import connect_worker
from somahub.services.orchestrator.workflow import AgentRun
from somahub.serving import Check, Readiness, Resident, service_app
from somahub.telemetry import Telemetry

# Our modules keep no state that one workflow could leave to another; loading them anew for each costs 70 ms.
_SANDBOX = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules("somahub")
)
_AGAIN = 0.5  # seconds until another try to connect
_GRACE = timedelta(seconds=5)
_RPC = timedelta(seconds=2)
# How long the tasks of a worker that died wait for it before another may take them.
_STICKY = timedelta(seconds=2)


class AgentWorker:
    """A worker that waits for its Temporal, and does not mind when it goes."""

    def __init__(self, telemetry: Telemetry, settings: Settings, peers: Peers) -> None:
        self._telemetry = telemetry
        self._settings = settings
        self._activities = Activities(telemetry, peers)
        self._metrics = SdkMetrics(telemetry)
        self._temporal: Client | None = None

    async def check(self) -> None:
        """Raise an error when there is no connection to Temporal, or no answer."""
        if self._temporal is None:
            raise ConnectionError(f"not connected to {self._settings.temporal_address}")
        await self._temporal.service_client.check_health(timeout=_RPC)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Work for as long as the app lives; what is under way at its end may finish, for some seconds."""
        async with self._metrics.following():
            task = asyncio.create_task(self._work())
            try:
                yield
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _work(self) -> None:
        while True:
            try:
                self._temporal = await connect_worker(self._settings, self._metrics.runtime)
                await self._worker(self._temporal).run()
            except RuntimeError as error:  # what the SDK raises, be it refused or broken
                self._telemetry.event("worker.disconnected", str(error))
                await asyncio.sleep(_AGAIN)

    def _worker(self, temporal: Client) -> Worker:
        return Worker(
            temporal,
            task_queue=self._settings.task_queue,
            workflows=[AgentRun],
            activities=self._activities.all,
            workflow_runner=_SANDBOX,
            build_id=self._settings.version,  # the default hashes all code that is loaded, for seconds
            interceptors=[Propagation(self._telemetry)],
            graceful_shutdown_timeout=_GRACE,
            sticky_queue_schedule_to_start_timeout=_STICKY,
        )


def create_worker_app(
    telemetry: Telemetry, worker: AgentWorker, peers: Mapping[str, Check], residents: Iterable[Resident] = ()
) -> FastAPI:
    """Build the app that shows how a worker does; ``peers`` are the checks of the services that it asks."""
    readiness = Readiness(telemetry, {"temporal": worker.check, **peers})
    return service_app(telemetry, [], readiness, residents=[*residents, worker.working])
