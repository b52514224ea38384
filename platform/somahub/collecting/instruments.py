"""The metrics of one collector, as its dependency of the spec declares them."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

import prometheus_client as prom

from slo.model import Dependency
from somahub.telemetry.kit import UndeclaredSignalError, instrument_of

_M = TypeVar("_M", prom.Counter, prom.Gauge, prom.Histogram)
Labels = tuple[str, ...]


class Instruments:
    """Counters, gauges and histograms in a registry of their own; a series is there once it has a value."""

    def __init__(self, dependency: Dependency) -> None:
        self.name = dependency.name
        self.registry = prom.CollectorRegistry()
        self._made = {m.name: instrument_of(m, self.registry) for m in dependency.metrics}
        self._given: dict[str, set[Labels]] = {}

    def count(self, name: str, *labels: str, by: float = 1) -> None:
        """Add to a counter; ``by`` 0 begins its series."""
        self._child(name, prom.Counter, labels).inc(by)

    def observe(self, name: str, value: float, *labels: str) -> None:
        """Observe a value in a histogram."""
        self._child(name, prom.Histogram, labels).observe(value)

    def set(self, name: str, value: float, *labels: str) -> None:
        """Set one series of a gauge."""
        self._child(name, prom.Gauge, labels).set(value)

    def replace(self, name: str, values: Mapping[Labels, float]) -> None:
        """Make these all the series that a gauge has."""
        for labels, value in values.items():
            self.set(name, value, *labels)
        self._remove(name, self._given.get(name, set()) - values.keys())
        self._given[name] = set(values)

    def _remove(self, name: str, gone: Iterable[Labels]) -> None:
        for labels in gone:
            self._made[name].remove(*labels)

    def _child(self, name: str, kind: type[_M], labels: Labels) -> _M:
        made = self._made.get(name)
        if not isinstance(made, kind):
            raise UndeclaredSignalError(self.name, f"{kind.__name__.lower()} {name}")
        return made.labels(*labels) if labels else made
