"""Log lines: JSON on a stream and records over OTLP, each with the ids of the trace that it belongs to."""

import json
import logging
from datetime import UTC, datetime
from typing import TextIO

from opentelemetry import trace
from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

from somahub.telemetry.resource import Resource

_SEVERITY = {
    logging.INFO: SeverityNumber.INFO,
    logging.WARNING: SeverityNumber.WARN,
    logging.ERROR: SeverityNumber.ERROR,
}


# What every record has; the rest came with it as ``extra``.
_RECORD = frozenset({*logging.makeLogRecord({}).__dict__, "message", "asctime"})


class JsonFormatter(logging.Formatter):
    """A record as one line: who emits, when, within which trace, and its event's fields or what else it carries.

    It is written for every request, so it does no more than that: a general formatter took five times as long.
    """

    def __init__(self, resource: Resource) -> None:
        super().__init__()
        self._fixed = resource.fields()
        self._encode = json.JSONEncoder(default=str).encode

    def format(self, record: logging.LogRecord) -> str:
        """Make the line."""
        line: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "message": record.getMessage(),
            **self._fixed,
        }
        if context := _current():
            line["trace_id"] = trace.format_trace_id(context.trace_id)
            line["span_id"] = trace.format_span_id(context.span_id)
        event = getattr(record, "event", None)
        if event is not None:
            line["event"] = event
            line.update(getattr(record, "fields", {}))
        else:
            line.update((k, v) for k, v in record.__dict__.items() if k not in _RECORD)
        if record.exc_info:
            line["exc_info"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack_info"] = self.formatStack(record.stack_info)
        return self._encode(line)


def _current() -> trace.SpanContext | None:
    context = trace.get_current_span().get_span_context()
    return context if context.is_valid else None


class OtlpHandler(logging.Handler):
    """Events as OpenTelemetry log records; lines of libraries stay on the stream."""

    def __init__(self, provider: LoggerProvider) -> None:
        super().__init__()
        self._provider = provider
        self._logger = provider.get_logger("somahub")

    def emit(self, record: logging.LogRecord) -> None:
        """Hand over one event."""
        event = getattr(record, "event", None)
        if event is not None:
            self._logger.emit(
                severity_number=_SEVERITY.get(record.levelno, SeverityNumber.UNSPECIFIED),
                severity_text=record.levelname,
                event_name=event,
                body=record.getMessage(),
                attributes=getattr(record, "fields", {}),
            )

    def flush(self) -> None:
        """Send what is waiting."""
        self._provider.force_flush()

    def close(self) -> None:
        """Send what is left, and no more."""
        self._provider.shutdown()
        super().close()


def otlp_handler(resource: Resource, endpoint: str) -> OtlpHandler:
    """Make a handler that sends to an OTLP endpoint in batches."""
    provider = LoggerProvider(resource=resource.otel())
    exporter = OTLPLogExporter(endpoint=f"{endpoint.rstrip('/')}/v1/logs")
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter, schedule_delay_millis=1000))
    return OtlpHandler(provider)


def json_handler(resource: Resource, stream: TextIO) -> logging.Handler:
    """Make a handler that writes one JSON object a line."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter(resource))
    return handler


def event_logger(service: str, *handlers: logging.Handler) -> logging.Logger:
    """Make a logger for the events of one service; it is no part of the global tree."""
    logger = logging.Logger(service, logging.INFO)  # noqa: LOG001 - an argument, not global state
    for handler in handlers:
        logger.addHandler(handler)
    return logger
