"""HTTP server signals as pure ASGI, by OpenTelemetry's semantic conventions for HTTP."""

import time

import prometheus_client as prom
from fastapi import FastAPI, Request, Response
from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client.exposition import choose_encoder
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from slo.kit import CODE_CLASSES, REQUESTS_ACTIVE
from slo.sli import REQUEST_DURATION, REQUESTS
from somahub.telemetry.kit import Telemetry
from somahub.telemetry.spans import current_span

# Probes and scrapes are no user's requests.
UNCOUNTED = frozenset({"/health", "/ready", "/metrics"})
UNMATCHED = "unmatched"
# FastAPI's own telemetry begins as soon as a process has a global provider; what is emitted is decided here alone.
SILENT: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}

# Semantic conventions: any other method is "_OTHER", which keeps the label bounded.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_STREAM = b"text/event-stream; charset=utf-8"
_PROPAGATOR = TraceContextTextMapPropagator()


def instrument(app: FastAPI, telemetry: Telemetry) -> None:
    """Add the middleware and ``/metrics``; call it when all routes are there, so each starts at 0."""

    def metrics(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(telemetry.registry), headers={"content-type": content_type})

    app.add_api_route("/metrics", metrics, include_in_schema=False)
    app.add_middleware(_Middleware, telemetry=telemetry)
    for route in {UNMATCHED, *app.openapi()["paths"]} - UNCOUNTED:
        for code_class in CODE_CLASSES:
            telemetry.child(REQUESTS, prom.Counter, {"route": route, "code_class": code_class})


class _Middleware:
    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self.app = app
        self.telemetry = telemetry
        self.active = telemetry.child(REQUESTS_ACTIVE, prom.Gauge, {})
        # Series by what a request was: looked up once, since that costs more than counting.
        self.series: dict[tuple[str, str, int], tuple[prom.Counter, prom.Histogram]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNCOUNTED:
            await self.app(scope, receive, send)
            return
        status = 500  # what the outer error handler answers when the app raises
        answered = 0.0

        async def watch(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status = message["status"]
                # A stream lasts as long as its listener stays: what counts is when it began.
                if (b"content-type", _STREAM) in message.get("headers", ()):
                    answered = time.perf_counter()
            await send(message)

        parents = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"] if k[:5] == b"trace"}
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        begun = time.perf_counter()
        with current_span(
            self.telemetry.tracer,
            method,
            context=_PROPAGATOR.extract(parents) if parents else None,
            kind=trace.SpanKind.SERVER,
            attributes={"http.request.method": method, "url.path": scope["path"]},
        ) as span:
            self.active.inc()
            try:
                await self.app(scope, receive, watch)
            finally:
                self.active.dec()
                self._record(scope, method, status, (answered or time.perf_counter()) - begun, span)

    def _record(self, scope: Scope, method: str, status: int, elapsed: float, span: trace.Span) -> None:
        route = getattr(scope.get("route"), "path", UNMATCHED)
        key = (method, route, status)
        if key not in self.series:
            self.series[key] = self._series(*key)
        counter, histogram = self.series[key]
        span.update_name(f"{method} {route}")
        span.set_attributes({"http.route": route, "http.response.status_code": status})
        if status >= 500:  # noqa: PLR2004 - by the conventions, only these are a server's errors
            span.set_status(trace.StatusCode.ERROR)
        context = span.get_span_context()
        exemplar = (
            {"trace_id": trace.format_trace_id(context.trace_id)} if context.trace_flags.sampled else None
        )
        counter.inc(exemplar=exemplar)
        histogram.observe(elapsed, exemplar)
        self.telemetry.event(
            "http.request",
            http_request_method=method,
            http_route=route,
            http_response_status_code=status,
            duration_ms=round(elapsed * 1000, 3),
        )

    def _series(self, method: str, route: str, status: int) -> tuple[prom.Counter, prom.Histogram]:
        labels = {
            "http_request_method": method,
            "http_route": route,
            "http_response_status_code": str(status),
        }
        code_class = f"{status // 100}xx"
        return (
            self.telemetry.child(REQUESTS, prom.Counter, {"route": route, "code_class": code_class}),
            self.telemetry.child(REQUEST_DURATION, prom.Histogram, labels),
        )
