"""Settings that all services have; each subclass names its prefix and adds its own."""

from pathlib import Path

from pydantic_settings import BaseSettings

from somahub.auth.model import Scope
from somahub.faults import Schedule, parse
from somahub.telemetry import Resource


class ServiceSettings(BaseSettings):
    """Where to listen, whom to ask, where to send telemetry; from environment variables by the subclass' prefix."""

    host: str = "127.0.0.1"
    port: int
    version: str = "1.0.0"
    instance: str = "0"
    environment: str = "development"
    region: str = "local"
    # Whose grants count here: those for this scope and for what it is within.
    scope: Scope = "development"
    otlp_endpoint: str | None = None
    sample_ratio: float = 1.0
    faults: str = ""
    faults_file: Path | None = None
    # Where tokens come from and are checked; a service's own account there.
    identity_url: str = "http://127.0.0.1:10002"
    client_id: str = ""
    client_secret_file: Path | None = None

    def resource(self, service: str) -> Resource:
        """Who emits."""
        return Resource(service, self.version, self.instance, self.environment, self.region)

    def schedule(self) -> Schedule:
        """The faults to inject, into this service and into what it embeds."""
        return Schedule((parse(text) for text in self.faults.split()), self.faults_file)

    def client_secret(self) -> str:
        """The secret of the service's own account; empty where it has none."""
        return self.client_secret_file.read_text(encoding="utf-8").strip() if self.client_secret_file else ""
