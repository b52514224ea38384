"""Who emits: the resource that stands in every signal of one process."""

from typing import NamedTuple

from opentelemetry.sdk.resources import Resource as OtelResource


class Resource(NamedTuple):
    """One instance of a service, by OpenTelemetry's resource conventions."""

    service: str
    version: str = "0.0.0"
    instance: str = "local"
    environment: str = "development"
    region: str = "local"

    def attributes(self) -> dict[str, str]:
        """The attributes by their OpenTelemetry names."""
        return {
            "service.name": self.service,
            "service.version": self.version,
            "service.instance.id": self.instance,
            "deployment.environment.name": self.environment,
            "cloud.region": self.region,
        }

    def otel(self) -> OtelResource:
        """The resource of spans and log records."""
        return OtelResource.create(self.attributes())

    def fields(self) -> dict[str, str]:
        """The same in a log line."""
        return {
            "service": self.service,
            "version": self.version,
            "instance": self.instance,
            "environment": self.environment,
            "region": self.region,
        }
