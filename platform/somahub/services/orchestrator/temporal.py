"""The connection to Temporal, and what its errors mean here.

OrchestratorError
├── UnavailableError   Temporal does not answer
├── UnknownError       there is no such workflow, or it is another tenant's
├── OverError          it has ended already
└── RefusedError       Temporal does not take the request
"""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from temporalio import client
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    MetricBuffer,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from temporalio.service import RetryConfig, RPCError, RPCStatusCode

from somahub.services.orchestrator.settings import Settings

# A caller of the API waits at most this long for a Temporal that is away.
_RETRIES = RetryConfig(max_interval_millis=500, max_elapsed_time_millis=1500, max_retries=3)


class OrchestratorError(Exception):
    """What was asked of Temporal did not happen."""


class UnavailableError(OrchestratorError):
    """Temporal does not answer."""


class UnknownError(OrchestratorError):
    """There is no such workflow of this tenant."""


class OverError(OrchestratorError):
    """The workflow has ended."""


class RefusedError(OrchestratorError):
    """Temporal does not take the request."""


def runtime(metrics: MetricBuffer | None = None) -> Runtime:
    """Make the native part of a client; its lines go the way of all other lines."""
    lines = LogForwardingConfig(logging.getLogger("temporalio"), append_target_to_name=False)
    logs = LoggingConfig(TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=lines)
    return Runtime(telemetry=TelemetryConfig(logging=logs, metrics=metrics))


async def connect(settings: Settings, interceptors: Sequence[client.Interceptor] = ()) -> Client:
    """Make a client for the API: it connects at its first call, and tries again at each until it succeeds."""
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        data_converter=pydantic_data_converter,
        interceptors=interceptors,
        retry_config=_RETRIES,
        runtime=runtime(),
        lazy=True,
    )


async def connect_worker(settings: Settings, native: Runtime) -> Client:
    """Make a client for a worker: ``RuntimeError`` when there is no Temporal now."""
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        data_converter=pydantic_data_converter,
        runtime=native,
    )


@asynccontextmanager
async def translated(workflow_id: str) -> AsyncIterator[None]:
    """Raise Temporal's errors as ours."""
    try:
        yield
    except RPCError as error:
        match error.status:
            case RPCStatusCode.NOT_FOUND if "already completed" in error.message:
                raise OverError(f"Workflow {workflow_id} has ended.") from error
            case RPCStatusCode.NOT_FOUND:
                raise UnknownError(f"There is no workflow {workflow_id}.") from error
            case RPCStatusCode.INVALID_ARGUMENT:
                raise RefusedError(f"Temporal refuses the request: {error.message}") from error
            case _:
                message = f"Temporal does not answer: {error.status.name.lower()} {error.message}"
                raise UnavailableError(message) from error
    except RuntimeError as error:  # what the SDK raises where there is nobody to connect to
        raise UnavailableError(f"Temporal does not answer: {error}") from error
