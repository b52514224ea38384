"""Spans that are current for a while; of an exception they tell its type and no more."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer

from slo.kit import ERROR_TYPE


@contextmanager
def current_span(
    tracer: Tracer,
    name: str,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    context: Context | None = None,
    attributes: Mapping[str, str | float],
) -> Iterator[Span]:
    """Open a span below the current one, or below that of ``context``.

    An exception's text may quote what another side answered, with its secrets, so OpenTelemetry does not record it.
    """
    with tracer.start_as_current_span(
        name,
        context,
        kind,
        attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield span
        except Exception as error:
            span.set_attribute(ERROR_TYPE, type(error).__name__)
            span.set_status(StatusCode.ERROR)
            raise
