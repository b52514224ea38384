"""Signals of one service, made from its declaration; everything it needs is an argument."""

import itertools
import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TypeVar

import prometheus_client as prom
from opentelemetry import trace

from slo import kit as contract
from slo.model import Service
from slo.signals import Counter, Gauge, Histogram, Metric
from somahub.telemetry.resource import Resource
from somahub.telemetry.spans import current_span

_M = TypeVar("_M", prom.Counter, prom.Gauge, prom.Histogram)
_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class UndeclaredSignalError(LookupError):
    """Code emits a signal, or a label or field of one, that the service's spec does not declare."""

    def __init__(self, service: str, signal: str) -> None:
        super().__init__(f"service {service} does not declare {signal}: add it to its spec")
        self.service = service
        self.signal = signal


class Telemetry:
    """Counters, gauges, histograms, events and spans of one service."""

    def __init__(
        self,
        service: Service,
        registry: prom.CollectorRegistry,
        tracer_provider: trace.TracerProvider,
        logger: logging.Logger,
        resource: Resource | None = None,
    ) -> None:
        self.service = service
        self.registry = registry
        self.tracer = tracer_provider.get_tracer("somahub")
        self.logger = logger
        self._declared = {m.name: m for m in contract.emitted(service)}
        own = {name: m for name, m in self._declared.items() if m not in contract.PROCESS}
        self._metrics = {name: _collector(m, registry) for name, m in own.items()}
        prom.ProcessCollector(registry=registry)
        self._events = {e.name: (e, frozenset(e.fields)) for e in (*contract.EVENTS, *service.events)}
        self._spans = {s.name: frozenset(s.attributes) for s in service.spans}
        attributes = (resource or Resource(service.name)).attributes()
        info = {name.replace(".", "_"): value for name, value in attributes.items()}
        self.set(contract.TARGET_INFO, 1, **info)

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Add to a declared counter."""
        self.child(name, prom.Counter, labels).inc(amount, exemplar())

    def set(self, name: str, value: float, **labels: str) -> None:
        """Set a declared gauge."""
        self.child(name, prom.Gauge, labels).set(value)

    def observe(self, name: str, value: float, **labels: str) -> None:
        """Observe a value in a declared histogram."""
        self.child(name, prom.Histogram, labels).observe(value, exemplar())

    def event(self, name: str, message: str = "", **fields: object) -> None:
        """Log a declared event with exactly its fields."""
        event, expected = self._events.get(name, (None, frozenset()))
        if event is None or fields.keys() != expected:
            raise UndeclaredSignalError(self.service.name, f"event {name} with fields {sorted(fields)}")
        level = _LEVELS[event.level]
        if self.logger.isEnabledFor(level):
            # As the logger would, but without a search of the stack for who calls: no line says it.
            record = logging.LogRecord(self.logger.name, level, "", 0, message or name, None, None)
            record.__dict__.update(event=name, fields=fields)
            self.logger.handle(record)

    def span(self, name: str, **attributes: str | float) -> AbstractContextManager[trace.Span]:
        """Open a declared span below the current one."""
        declared = self._spans.get(name)
        if declared is None or not attributes.keys() <= declared:
            raise UndeclaredSignalError(self.service.name, f"span {name} with {sorted(attributes)}")
        return current_span(self.tracer, name, attributes=attributes)

    def child(self, name: str, kind: type[_M], labels: Mapping[str, str]) -> _M:
        """The series of a declared metric, to be kept where it is used often."""
        metric, declared = self._metrics.get(name), self._declared.get(name)
        if not isinstance(metric, kind) or declared is None or labels.keys() != declared.labels.keys():
            raise UndeclaredSignalError(
                self.service.name, f"{kind.__name__.lower()} {name} with labels {sorted(labels)}"
            )
        for label, value in labels.items():
            if declared.labels[label] and value not in declared.labels[label]:
                raise UndeclaredSignalError(self.service.name, f"{name} with {label}={value!r}")
        return metric.labels(**labels) if labels else metric


def exemplar() -> dict[str, str] | None:
    """The trace that goes on now, as a metric's exemplar, if it is kept."""
    context = trace.get_current_span().get_span_context()
    sampled = context.is_valid and context.trace_flags.sampled
    return {"trace_id": trace.format_trace_id(context.trace_id)} if sampled else None


def instrument_of(
    metric: Metric, registry: prom.CollectorRegistry
) -> prom.Counter | prom.Gauge | prom.Histogram:
    """A declared metric in a registry, without series where it has labels."""
    labels = tuple(metric.labels)
    match metric:
        case Counter():
            return prom.Counter(metric.name, metric.help, labels, registry=registry)
        case Gauge():
            return prom.Gauge(metric.name, metric.help, labels, registry=registry)
        case Histogram():
            return prom.Histogram(metric.name, metric.help, labels, buckets=metric.buckets, registry=registry)
        case _:
            raise TypeError(f"not a metric: {metric!r}")


def _collector(
    metric: Metric, registry: prom.CollectorRegistry
) -> prom.Counter | prom.Gauge | prom.Histogram:
    made = instrument_of(metric, registry)
    # The product over an unknown label's empty values is empty, so only known series start at 0.
    for values in itertools.product(*metric.labels.values()) if metric.labels else ():
        made.labels(*values)
    return made
