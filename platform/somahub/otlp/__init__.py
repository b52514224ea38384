"""A receiver of OpenTelemetry's protocol for one machine: what arrives is summed up, and the newest of it kept.

It stands where a collector with Tempo and Loki stands in production: enough to follow a trace and to hold a platform
against its telemetry contract, and bounded in memory whatever is sent.
"""

from somahub.otlp.app import create_app
from somahub.otlp.received import Limits, Received

__all__ = ["Limits", "Received", "create_app"]
