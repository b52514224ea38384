"""What the telemetry kit costs per request, beside two libraries that do about the same.

Each app has one trivial route and is called in this process as ASGI, without sockets, in interleaved rounds. Figures
are CPU time of the process (exporting threads included), medians of the rounds: ``kit_overhead.py [ROUNDS] [REQUESTS]``.

*theirs* is prometheus-fastapi-instrumentator with opentelemetry-instrumentation-fastapi; they write no log line, so the
kit is shown with its line and without. They make three spans of a request, and one if they are told to. Both sample
every trace. The exporting variants send spans to the bundled receiver, a process of its own, within their rounds.
"""

import asyncio
import logging
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
from fastapi import APIRouter, FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from prometheus_client import CollectorRegistry
from prometheus_fastapi_instrumentator import Instrumentator

from slo.model import Service
from somahub.serving import Readiness, service_app
from somahub.telemetry import Resource, Telemetry, event_logger, json_handler, tracer_provider
from somahub.telemetry.http import SILENT

ROUTE = "/v1/things/{name}"
SERVICE = Service(name="bench", port=1)
RESOURCE = Resource("bench")


class App(NamedTuple):
    """An app, and what sends its waiting spans."""

    asgi: FastAPI
    flush: Callable[[], object] = lambda: None


def main(rounds: int = 40, requests: int = 500) -> None:
    """Measure and print."""
    with receiver() as url:
        apps = {
            "bare": bare(),
            "theirs": theirs(),
            "theirs, one span": theirs(lean=True),
            "ours": ours(line=True),
            "ours, no line": ours(line=False),
            "theirs, exporting": theirs(url),
            "theirs, one span, exporting": theirs(url, lean=True),
            "ours, exporting": ours(url, line=True),
            "ours, no line, exporting": ours(url, line=False),
        }
        found = asyncio.run(measure(apps, rounds, requests))
        for app in apps.values():
            app.flush()
    base = found["bare"]
    print(f"{rounds} rounds of {requests} requests; CPU per request, medians")
    for name, cost in found.items():
        exporting = ", exporting" if "exporting" in name else ""
        ratios = [
            f"{(cost - base) / (found[rival + exporting] - base):.2f} of {rival}"
            for rival in ("theirs", "theirs, one span")
            if "ours" in name
        ]
        print(f"{name:28} {cost * 1e6:6.1f} µs  +{(cost - base) * 1e6:5.1f} µs  {'; '.join(ratios)}".rstrip())


async def measure(apps: dict[str, App], rounds: int, requests: int) -> dict[str, float]:
    """Seconds per request of each app; the first round is not counted."""
    spent: dict[str, list[float]] = {name: [] for name in apps}
    order = list(apps)
    for k in range(rounds + 1):
        random.shuffle(order)
        for name in order:
            cost = await one_round(apps[name], requests)
            if k:
                spent[name].append(cost)
    return {name: statistics.median(costs) for name, costs in spent.items()}


async def one_round(app: App, requests: int) -> float:
    """Seconds of CPU per request, with the export of its spans."""
    statuses: list[int] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])  # type: ignore[arg-type]

    begun = time.process_time()
    for _ in range(requests):
        await app.asgi(scope(), receive, send)  # type: ignore[arg-type]
    app.flush()
    spent = time.process_time() - begun
    assert statuses == [200] * requests
    return spent / requests


def scope() -> dict[str, object]:
    """A request as uvicorn hands it on."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/v1/things/7",
        "raw_path": b"/v1/things/7",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1:10000"), (b"accept", b"*/*"), (b"user-agent", b"bench")],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 10000),
        "state": {},
    }


def route() -> APIRouter:
    """One trivial route."""
    router = APIRouter()

    @router.get(ROUTE)
    async def thing(name: str) -> dict[str, str]:
        return {"name": name}

    return router


def bare() -> App:
    """The app alone."""
    app = FastAPI(telemetry=SILENT)
    app.include_router(route())
    return App(app)


def theirs(endpoint: str | None = None, *, lean: bool = False) -> App:
    """The app with both libraries, set up as their pages say; ``lean`` without a span for each ASGI message."""
    app = bare().asgi
    provider = tracer_provider(RESOURCE, endpoint)
    Instrumentator(registry=CollectorRegistry()).instrument(app).expose(app)
    FastAPIInstrumentor.instrument_app(
        app, tracer_provider=provider, exclude_spans=["receive", "send"] if lean else None
    )
    return App(app, provider.force_flush)


def ours(endpoint: str | None = None, *, line: bool) -> App:
    """The app as a service of the platform."""
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as the process
    handler = json_handler(RESOURCE, nowhere)
    logger = event_logger("bench", *([handler] if line else ()))
    logger.setLevel(logging.INFO if line else logging.CRITICAL)
    provider = tracer_provider(RESOURCE, endpoint)
    telemetry = Telemetry(SERVICE, CollectorRegistry(), provider, logger, RESOURCE)
    return App(service_app(telemetry, [route()], Readiness(telemetry, {})), provider.force_flush)


@contextmanager
def receiver() -> Iterator[str]:
    """The bundled OTLP receiver."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "somahub.otlp"], env=os.environ | {"OTLP_PORT": str(port)}
    )
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: httpx.get(f"{url}/health").is_success)
        yield url
    finally:
        process.terminate()
        process.wait()


def until(ready: Callable[[], bool]) -> None:
    """Wait for the receiver."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            if ready():
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise TimeoutError("the receiver does not answer")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
