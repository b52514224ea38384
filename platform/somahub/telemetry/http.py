"""HTTP server signals as pure ASGI, by OpenTelemetry's semantic conventions for HTTP."""

import time

from fastapi import FastAPI, Request, Response
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client.exposition import choose_encoder
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from somahub.telemetry.kit import CODE_CLASSES, Telemetry

# Probes and scrapes are no user's requests.
UNCOUNTED = frozenset({"/health", "/ready", "/metrics"})
UNMATCHED = "unmatched"

# Semantic conventions: any other method is "_OTHER", which keeps the label bounded.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PROPAGATOR = TraceContextTextMapPropagator()


def instrument(app: FastAPI, telemetry: Telemetry) -> None:
    """Add the middleware and ``/metrics``; call it when all routes are there, so each starts at 0."""

    def metrics(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(telemetry.registry), headers={"content-type": content_type})

    app.add_api_route("/metrics", metrics, include_in_schema=False)
    routes = {UNMATCHED} | {r.path for r in app.routes if isinstance(r, Route)}
    for route in sorted(routes - UNCOUNTED):
        for code_class in CODE_CLASSES:
            telemetry.requests.labels(route, code_class)
    app.add_middleware(_Middleware, telemetry=telemetry)


class _Middleware:
    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self.app = app
        self.telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNCOUNTED:
            await self.app(scope, receive, send)
            return
        status = 500  # what the outer error handler answers when the app raises

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        method = scope["method"]
        begun = time.perf_counter()
        with self.telemetry.tracer.start_as_current_span(
            method,
            context=_PROPAGATOR.extract(headers),
            kind=trace.SpanKind.SERVER,
            attributes={"http.request.method": method, "url.path": scope["path"]},
        ) as span:
            try:
                await self.app(scope, receive, watch)
            finally:
                self._record(scope, status, time.perf_counter() - begun, span)

    def _record(self, scope: Scope, status: int, elapsed: float, span: trace.Span) -> None:
        route = getattr(scope.get("route"), "path", UNMATCHED)
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        span.update_name(f"{method} {route}")
        span.set_attributes({"http.route": route, "http.response.status_code": status})
        context = span.get_span_context()
        exemplar = (
            {"trace_id": trace.format_trace_id(context.trace_id)} if context.trace_flags.sampled else None
        )
        self.telemetry.requests.labels(route, f"{status // 100}xx").inc(exemplar=exemplar)
        self.telemetry.durations.labels(method, route, str(status)).observe(elapsed, exemplar)
