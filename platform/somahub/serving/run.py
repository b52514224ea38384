"""Run one service: its logs, its signals, its server."""

import logging
import sys
from contextlib import suppress

import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from slo.model import Service
from somahub.serving.settings import ServiceSettings
from somahub.telemetry import Telemetry, event_logger, json_handler, otlp_handler, tracer_provider

_GRACE = 5  # seconds that open requests may take at the end
_NOT_STARTED = 3  # uvicorn's own exit code


def telemetry_for(service: Service, settings: ServiceSettings) -> Telemetry:
    """Make the telemetry of one process; lines of libraries go to the same stream in the same form."""
    resource = settings.resource(service.name)
    lines = json_handler(resource, sys.stdout)
    logging.basicConfig(handlers=[lines], level=logging.WARNING)
    handlers = [lines]
    if settings.otlp_endpoint:
        handlers.append(otlp_handler(resource, settings.otlp_endpoint))
    provider = tracer_provider(resource, settings.otlp_endpoint, settings.sample_ratio)
    return Telemetry(service, CollectorRegistry(), provider, event_logger(service.name, *handlers), resource)


def serve(app: FastAPI, settings: ServiceSettings) -> None:
    """Serve until told to stop."""
    made = server(app, settings)
    with suppress(KeyboardInterrupt):
        made.run()
    if not made.started:
        sys.exit(_NOT_STARTED)


def server(app: FastAPI, settings: ServiceSettings) -> uvicorn.Server:
    """Make the server of an app, for a process that serves more than one."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=_GRACE,
        )
    )
