"""The telemetry kit: an app emits what its service declares, and nothing else."""

from somahub.telemetry.http import instrument
from somahub.telemetry.kit import Telemetry, UndeclaredSignalError
from somahub.telemetry.logs import event_logger, json_handler, otlp_handler
from somahub.telemetry.resource import Resource
from somahub.telemetry.spans import current_span
from somahub.telemetry.tracing import tracer_provider

__all__ = [
    "Resource",
    "Telemetry",
    "UndeclaredSignalError",
    "current_span",
    "event_logger",
    "instrument",
    "json_handler",
    "otlp_handler",
    "tracer_provider",
]
