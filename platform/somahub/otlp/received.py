"""Everything received: a summary of each service, and the newest spans and log records."""

import time
from collections.abc import Callable
from typing import NamedTuple

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from somahub.otlp.decode import line_of, span_of
from somahub.otlp.models import LogLine, Summary, TraceSpan
from somahub.otlp.ring import Kept, Ring
from somahub.otlp.tally import Most, Tally

_MIB = 1 << 20


class Limits(NamedTuple):
    """Bytes of spans and of log records that are kept, and how much the summary tells apart."""

    spans: int = 64 * _MIB
    logs: int = 32 * _MIB
    summary: Most = Most()


_DEFAULT = Limits()


class Received:
    """What was received within the limits; ``clock`` gives Unix seconds."""

    def __init__(self, limits: Limits = _DEFAULT, clock: Callable[[], float] = time.time) -> None:
        self.spans = Ring(limits.spans)
        self.logs = Ring(limits.logs)
        self._tally = Tally(limits.summary)
        self._clock = clock

    def take_traces(self, request: ExportTraceServiceRequest) -> int:
        """Take in spans; how many there were."""
        taken = 0
        for group in request.resource_spans:
            name, service = self._tally.service(group.resource, self._clock())
            for scoped in group.scope_spans:
                scope = self._tally.short(scoped.scope.name)
                for span in scoped.spans:
                    if service:
                        service.span(scope, span)
                    self.spans.add(Kept(span.trace_id, name, scope, span.SerializeToString()))
                taken += len(scoped.spans)
        return taken

    def take_logs(self, request: ExportLogsServiceRequest) -> int:
        """Take in log records; how many there were."""
        taken = 0
        for group in request.resource_logs:
            name, service = self._tally.service(group.resource, self._clock())
            for scoped in group.scope_logs:
                scope = self._tally.short(scoped.scope.name)
                for record in scoped.log_records:
                    if service:
                        service.event(record)
                    self.logs.add(Kept(record.trace_id, name, scope, record.SerializeToString()))
                taken += len(scoped.log_records)
        return taken

    def take_metrics(self, request: ExportMetricsServiceRequest) -> int:
        """Count metrics; how many there were. What they say is read from ``/metrics``."""
        taken = 0
        for group in request.resource_metrics:
            _, service = self._tally.service(group.resource, self._clock())
            number = sum(len(scoped.metrics) for scoped in group.scope_metrics)
            if service:
                service.metrics += number
            taken += number
        return taken

    def summary(self) -> Summary:
        """What each service emits."""
        return self._tally.said()

    def trace(self, trace_id: bytes) -> list[TraceSpan]:
        """The spans of a trace in the order of their start."""
        found = [span_of(one.service, one.scope, Span.FromString(one.raw)) for one in self.spans.of(trace_id)]
        return sorted(found, key=lambda span: span.start)

    def lines(self, trace_id: bytes) -> list[LogLine]:
        """The log records of a trace in the order of their time."""
        found = [line_of(one.service, LogRecord.FromString(one.raw)) for one in self.logs.of(trace_id)]
        return sorted(found, key=lambda line: line.time)
