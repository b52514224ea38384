"""Log lines as JSON, each with the ids of the trace that it belongs to."""

import logging
from typing import TextIO

from opentelemetry import trace
from pythonjsonlogger.json import JsonFormatter


class _TraceIds(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            record.trace_id = trace.format_trace_id(context.trace_id)
            record.span_id = trace.format_span_id(context.span_id)
        return True


def json_logger(service: str, stream: TextIO) -> logging.Logger:
    """Make a logger that writes one JSON object a line; it is no part of the global tree."""
    handler = logging.StreamHandler(stream)
    handler.addFilter(_TraceIds())
    handler.setFormatter(
        JsonFormatter(
            "%(levelname)s %(message)s",
            timestamp=True,
            rename_fields={"levelname": "level"},
            static_fields={"service": service},
        )
    )
    logger = logging.Logger(service, logging.INFO)  # noqa: LOG001 - an argument, not global state
    logger.addHandler(handler)
    return logger
