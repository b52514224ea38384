"""The telemetry kit: an app emits what its service declares, and nothing else."""

from somahub.telemetry.http import instrument
from somahub.telemetry.kit import Telemetry, UndeclaredSignalError
from somahub.telemetry.logs import json_logger
from somahub.telemetry.tracing import tracer_provider

__all__ = ["Telemetry", "UndeclaredSignalError", "instrument", "json_logger", "tracer_provider"]
