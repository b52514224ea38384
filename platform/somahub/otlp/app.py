"""The receiver's HTTP API: OTLP in, JSON out."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import prometheus_client as prom
from fastapi import APIRouter, FastAPI, HTTPException, Path, Query, Request, Response
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from prometheus_client.exposition import choose_encoder

from somahub import problems
from somahub.otlp import decode
from somahub.otlp.measures import Measures
from somahub.otlp.models import LogLine, Summary, TraceSpan
from somahub.otlp.received import Received
from somahub.telemetry.http import SILENT

MOST = 16 << 20  # bytes of one body, packed or not
_PROTOBUF = "application/x-protobuf"
_M = TypeVar("_M", bound=Message)
_TraceId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="In hexadecimal")]
_OTLP = {
    "requestBody": {
        "required": True,
        "content": {_PROTOBUF: {"schema": {"type": "string", "format": "binary"}}},
    }
}
_REFUSALS: dict[int | str, dict[str, object]] = {
    400: {"description": "Not what it says it is."},
    413: {"description": "Too large."},
    415: {"description": "Not protobuf."},
}


class _Answer(Response):
    media_type = _PROTOBUF


def create_app(received: Received, registry: prom.CollectorRegistry) -> FastAPI:
    """Build the app around what it keeps; it traces nothing, as its own spans would come back to it for ever."""
    app = FastAPI(title="OTLP receiver", version="1.0.0", telemetry=SILENT)
    problems.install(app)
    app.include_router(_intake(received, Measures(registry, received)))
    app.include_router(_reads(received))

    @app.get("/health", tags=["operations"])
    async def health() -> dict[str, str]:
        """Say that the process lives."""
        return {"status": "alive"}

    @app.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"content-type": content_type})

    return app


def _intake(received: Received, measures: Measures) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["OTLP"])

    async def take(request: Request, kind: type[_M], keep: Callable[[_M], int], answer: Message) -> Response:
        signal = request.url.path.rpartition("/")[2]
        try:
            taken = keep(decode.message(kind, await _body(request)))
        except decode.RefusedError as error:
            measures.refused.labels(signal, str(error.status)).inc()
            raise HTTPException(error.status, str(error)) from error
        measures.records.labels(signal).inc(taken)
        return _Answer(answer.SerializeToString())

    @router.post("/traces", response_class=_Answer, responses=_REFUSALS, openapi_extra=_OTLP)
    async def traces(request: Request) -> Response:
        """Take in spans: an ExportTraceServiceRequest."""
        return await take(
            request, ExportTraceServiceRequest, received.take_traces, ExportTraceServiceResponse()
        )

    @router.post("/logs", response_class=_Answer, responses=_REFUSALS, openapi_extra=_OTLP)
    async def logs(request: Request) -> Response:
        """Take in log records: an ExportLogsServiceRequest."""
        return await take(request, ExportLogsServiceRequest, received.take_logs, ExportLogsServiceResponse())

    @router.post("/metrics", response_class=_Answer, responses=_REFUSALS, openapi_extra=_OTLP)
    async def metrics(request: Request) -> Response:
        """Count metrics: an ExportMetricsServiceRequest."""
        return await take(
            request, ExportMetricsServiceRequest, received.take_metrics, ExportMetricsServiceResponse()
        )

    return router


def _reads(received: Received) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["what was received"])

    @router.get("/summary")
    async def summary() -> Summary:
        """What each service emits: spans, events, resource."""
        return received.summary()

    @router.get("/traces/{trace_id}", responses={404: {"description": "Nothing of the trace is kept."}})
    async def trace(trace_id: _TraceId) -> list[TraceSpan]:
        """All spans of a trace."""
        found = received.trace(bytes.fromhex(trace_id))
        if not found:
            raise HTTPException(404, f"There is no span of {trace_id}.")
        return found

    @router.get("/logs")
    async def lines(trace_id: Annotated[str, Query(pattern="^[0-9a-f]{32}$")]) -> list[LogLine]:
        """All log records of a trace."""
        return received.lines(bytes.fromhex(trace_id))

    return router


async def _body(request: Request) -> bytes:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != _PROTOBUF:
        raise decode.UnsupportedError(f"Expected {_PROTOBUF}.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST:
            raise decode.TooLargeError(f"Larger than {MOST} bytes.")
    return decode.unpacked(bytes(body), request.headers.get("content-encoding", "").lower(), MOST)
