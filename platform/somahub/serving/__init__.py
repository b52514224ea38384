"""What every service of the platform is built with: settings, health, readiness, the server."""

from somahub.serving.app import Resident, service_app
from somahub.serving.readiness import Check, Readiness
from somahub.serving.run import serve, server, telemetry_for
from somahub.serving.settings import ServiceSettings

__all__ = [
    "Check",
    "Readiness",
    "Resident",
    "ServiceSettings",
    "serve",
    "server",
    "service_app",
    "telemetry_for",
]
