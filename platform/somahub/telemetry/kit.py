"""Signals of one service, made from its declaration; everything it needs is an argument."""

import itertools
import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TypeVar

import prometheus_client as prom
from opentelemetry import trace

from slo.model import Service
from slo.signals import Counter, Histogram

_M = TypeVar("_M", prom.Counter, prom.Histogram)

CODE_CLASSES = ("2xx", "3xx", "4xx", "5xx")
# Edges that suit web requests; the thresholds of the service's latency objectives join them.
_EDGES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class UndeclaredSignalError(LookupError):
    """Code emits a signal, or a label or field of one, that the service's spec does not declare."""

    def __init__(self, service: str, signal: str) -> None:
        super().__init__(f"service {service} does not declare {signal}: add it to its spec")
        self.service = service
        self.signal = signal


class Telemetry:
    """Counters, histograms, events and spans of one service."""

    def __init__(
        self,
        service: Service,
        registry: prom.CollectorRegistry,
        tracer_provider: trace.TracerProvider,
        logger: logging.Logger,
    ) -> None:
        self.service = service
        self.registry = registry
        self.tracer = tracer_provider.get_tracer("somahub")
        self.logger = logger
        self.requests = prom.Counter(
            "http_server_requests", "Requests answered.", ("route", "code_class"), registry=registry
        )
        self.durations = prom.Histogram(
            "http_server_request_duration_seconds",
            "Duration of requests.",
            ("http_request_method", "http_route", "http_response_status_code"),
            buckets=sorted({*_EDGES, *service.latency_edges}),
            registry=registry,
        )
        self._metrics = {m.name: _collector(m, registry) for m in service.metrics}

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Add to a declared counter."""
        self._child(name, prom.Counter, labels).inc(amount)

    def observe(self, name: str, value: float, **labels: str) -> None:
        """Observe a value in a declared histogram."""
        self._child(name, prom.Histogram, labels).observe(value)

    def event(self, name: str, **fields: object) -> None:
        """Log a declared event with exactly its fields."""
        declared = {e.name: e for e in self.service.events}.get(name)
        if declared is None or set(fields) != set(declared.fields):
            raise UndeclaredSignalError(self.service.name, f"event {name} with fields {sorted(fields)}")
        self.logger.info(name, extra={"event": name, **fields})

    def span(self, name: str) -> AbstractContextManager[trace.Span]:
        """Open a declared span below the current one."""
        if name not in {s.name for s in self.service.spans}:
            raise UndeclaredSignalError(self.service.name, f"span {name}")
        return self.tracer.start_as_current_span(name)

    def _child(self, name: str, kind: type[_M], labels: Mapping[str, str]) -> _M:
        metric = self._metrics.get(name)
        declared = next((m for m in self.service.metrics if m.name == name), None)
        if not isinstance(metric, kind) or declared is None or set(labels) != set(declared.labels):
            raise UndeclaredSignalError(
                self.service.name, f"{kind.__name__.lower()} {name} with labels {sorted(labels)}"
            )
        for label, value in labels.items():
            if declared.labels[label] and value not in declared.labels[label]:
                raise UndeclaredSignalError(self.service.name, f"{name} with {label}={value!r}")
        return metric.labels(**labels) if labels else metric


def _collector(metric: object, registry: prom.CollectorRegistry) -> prom.Counter | prom.Histogram:
    match metric:
        case Counter(name=name, help=text, labels=labels):
            counter = prom.Counter(name, text, tuple(labels), registry=registry)
            # The product over an unknown label's empty values is empty, so only known series start at 0.
            for values in itertools.product(*labels.values()) if labels else ():
                counter.labels(*values)
            return counter
        case Histogram(name=name, help=text, labels=labels, buckets=buckets):
            return prom.Histogram(name, text, tuple(labels), buckets=buckets, registry=registry)
        case _:
            raise TypeError(f"not a metric: {metric!r}")
