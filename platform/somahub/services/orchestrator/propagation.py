"""The trace goes on through Temporal: from the request that starts a workflow into its activities.

The workflow's code makes no spans: it is replayed, and a span is not. It hands the context on as it came.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from opentelemetry import context as otel
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from temporalio import activity, client, worker, workflow
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadConverter

from somahub.telemetry import Telemetry

_HEADER = "traceparent"
_PROPAGATOR = TraceContextTextMapPropagator()
_BEATS = 3  # heartbeats within the time after which a worker is taken for dead


class Propagation(client.Interceptor, worker.Interceptor):
    """For a client: sends the context. For a worker: a span for each try of an activity, below its context."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry

    def intercept_client(self, next: client.OutboundInterceptor) -> client.OutboundInterceptor:  # noqa: A002 - Temporal's name
        """Send the context along with what a client starts."""
        return _Sending(next)

    def intercept_activity(
        self,
        next: worker.ActivityInboundInterceptor,  # noqa: A002 - Temporal's name
    ) -> worker.ActivityInboundInterceptor:
        """Go on with the trace in an activity."""
        return _Receiving(next, self._telemetry)

    def workflow_interceptor_class(
        self,
        input: worker.WorkflowInterceptorClassInput,  # noqa: A002, ARG002 - Temporal's
    ) -> type[worker.WorkflowInboundInterceptor]:
        """Hand the context on from a workflow to its activities."""
        return _Workflow


class _Sending(client.OutboundInterceptor):
    async def start_workflow(self, input: client.StartWorkflowInput) -> client.WorkflowHandle[Any, Any]:  # noqa: A002
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier)
        if carrier:
            [payload] = PayloadConverter.default.to_payloads([carrier])
            input.headers = {**input.headers, _HEADER: payload}
        return await super().start_workflow(input)


class _Workflow(worker.WorkflowInboundInterceptor):
    def init(self, outbound: worker.WorkflowOutboundInterceptor) -> None:
        super().init(_HandingOn(outbound))


class _HandingOn(worker.WorkflowOutboundInterceptor):
    def start_activity(self, input: worker.StartActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002
        input.headers = _with_context(input.headers)
        return super().start_activity(input)

    def start_local_activity(self, input: worker.StartLocalActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002
        input.headers = _with_context(input.headers)
        return super().start_local_activity(input)


class _Receiving(worker.ActivityInboundInterceptor):
    def __init__(self, next: worker.ActivityInboundInterceptor, telemetry: Telemetry) -> None:  # noqa: A002
        super().__init__(next)
        self._telemetry = telemetry

    async def execute_activity(self, input: worker.ExecuteActivityInput) -> Any:  # noqa: A002, ANN401
        if payload := input.headers.get(_HEADER):
            [carrier] = PayloadConverter.default.from_payloads([payload])
            # The task is the activity's own: left attached, the SDK's lines after it carry the trace too.
            otel.attach(_PROPAGATOR.extract(carrier))
        info = activity.info()
        beating = asyncio.create_task(_beat()) if info.heartbeat_timeout else None
        try:
            with self._telemetry.span(
                "workflow.activity",
                activity=info.activity_type,
                workflow_id=info.workflow_id or "",
                attempt=info.attempt,
            ):
                return await super().execute_activity(input)
        finally:
            if beating:
                beating.cancel()
                with suppress(asyncio.CancelledError):
                    await beating


def _with_context(headers: Mapping[str, Payload]) -> Mapping[str, Payload]:
    context = workflow.info().headers.get(_HEADER)
    return {**headers, _HEADER: context} if context else headers


async def _beat() -> None:
    timeout = activity.info().heartbeat_timeout
    while timeout:
        activity.heartbeat()
        await asyncio.sleep(timeout.total_seconds() / _BEATS)
