"""``/metrics`` of a service as its spec says, served over HTTP, with one fault of choice."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import prometheus_client as prom
from prometheus_client import Metric as Family
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from service import Signals

from slo.kit import PROCESS, emitted
from slo.model import Dependency, Service
from slo.signals import Counter, Gauge, Histogram, Metric

Edit = Callable[[Family], Family | None]


def unchanged(family: Family) -> Family:
    return family


def without(name: str) -> Edit:
    """Everything but one metric."""
    return lambda family: None if family.name == name.removesuffix("_total") else family


def renamed(name: str, label: str) -> Edit:
    """One label of one metric by another name."""

    def edit(family: Family) -> Family:
        if family.name == name.removesuffix("_total"):
            family.samples = [
                s._replace(labels={f"{k}_renamed" if k == label else k: v for k, v in s.labels.items()})
                for s in family.samples
            ]
        return family

    return edit


def moved(service: Service) -> prom.CollectorRegistry:
    """A service whose metrics all have moved: by its kit, or as an exporter would."""
    if isinstance(service, Dependency):
        registry = prom.CollectorRegistry()
        registry.register(_Exporter(service))
        return registry
    signals = Signals(service)
    # The process tells its own.
    for metric in (one for one in emitted(service) if one not in PROCESS):
        for labels in _some_labels(metric):
            match metric:
                case Counter():
                    signals.telemetry.count(metric.name, **labels)
                case Gauge():
                    signals.telemetry.set(metric.name, 1, **labels)
                case Histogram():
                    signals.telemetry.observe(metric.name, 0.1, **labels)
    return signals.registry


class Exposed(Collector):
    """What is served now."""

    def __init__(self) -> None:
        self.registry = prom.CollectorRegistry()
        self.edit: Edit = unchanged

    def collect(self) -> Iterable[Family]:
        found = (self.edit(family) for family in self.registry.collect())
        return [family for family in found if family is not None]


@contextmanager
def exposing() -> Iterator[tuple[int, Exposed]]:
    """A port, and what is served there."""
    served, exposed = prom.CollectorRegistry(), Exposed()
    served.register(exposed)
    server, thread = prom.start_http_server(0, "127.0.0.1", served)
    try:
        yield server.server_port, exposed
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Exporter(Collector):
    def __init__(self, dependency: Dependency) -> None:
        self._dependency = dependency

    def collect(self) -> Iterable[Family]:
        for metric in self._dependency.metrics:
            names = tuple(metric.labels)
            made: Family
            match metric:
                case Counter():
                    made = CounterMetricFamily(metric.name, metric.help, labels=names)
                case Gauge():
                    made = GaugeMetricFamily(metric.name, metric.help, labels=names)
                case Histogram():
                    made = HistogramMetricFamily(metric.name, metric.help, labels=names)
            for labels in _some_labels(metric):
                values = [labels[name] for name in names]
                if isinstance(metric, Histogram):
                    edges = [(f"{edge:g}", 1.0) for edge in (*metric.buckets, float("inf"))]
                    made.add_metric(values, [(e.replace("inf", "+Inf"), n) for e, n in edges], 1.0)  # type: ignore[attr-defined]
                else:
                    made.add_metric(values, 1.0)  # type: ignore[attr-defined]
            yield made


def _some_labels(metric: Metric) -> list[dict[str, str]]:
    """Every series where values are known; of a label without known values, one."""
    choices = [values or ("some",) for values in metric.labels.values()]
    return [dict(zip(metric.labels, one, strict=True)) for one in itertools.product(*choices)]
