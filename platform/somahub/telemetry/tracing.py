"""Where spans go: to an OTLP endpoint, or nowhere."""

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

from somahub.telemetry.resource import Resource


def tracer_provider(resource: Resource, endpoint: str | None = None, ratio: float = 1) -> TracerProvider:
    """Make a provider for one app; without an endpoint, spans have ids and are not exported.

    ``ratio`` of the traces that begin here are sampled; a trace that comes from elsewhere is as it was decided there.
    """
    provider = TracerProvider(resource=resource.otel(), sampler=ParentBased(TraceIdRatioBased(ratio)))
    if endpoint:
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    return provider
