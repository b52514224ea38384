"""Where spans go: to an OTLP endpoint, or nowhere."""

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def tracer_provider(service: str, endpoint: str | None) -> TracerProvider:
    """Make a provider for one app; without an endpoint, spans have ids and are not exported."""
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    if endpoint:
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
