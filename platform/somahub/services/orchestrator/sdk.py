"""Metrics of Temporal's SDK in the worker's own registry: those that its spec declares, and no others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import prometheus_client as prom
from temporalio.runtime import (
    BUFFERED_METRIC_KIND_COUNTER,
    BUFFERED_METRIC_KIND_GAUGE,
    BufferedMetricUpdate,
    MetricBuffer,
    MetricBufferDurationFormat,
)

from slo.signals import Metric
from somahub.services.orchestrator.temporal import runtime
from somahub.telemetry import Telemetry

_BUFFERED = 100_000  # updates
_EVERY = 1.0  # seconds


class SdkMetrics:
    """Take what the SDK measures, by the names that its own Prometheus endpoint would give it."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry
        self._declared = {m.name: m for m in telemetry.service.metrics if m.name.startswith("temporal_")}
        self._buffer = MetricBuffer(_BUFFERED, MetricBufferDurationFormat.SECONDS)
        self.runtime = runtime(self._buffer)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Empty the buffer for as long as the app lives."""
        task = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            self.take()

    def take(self) -> None:
        """Empty the buffer once."""
        for update in self._buffer.retrieve_updates():
            self._record(update)

    async def _follow(self) -> None:
        while True:
            self.take()
            await asyncio.sleep(_EVERY)

    def _record(self, update: BufferedMetricUpdate) -> None:
        kind = update.metric.kind
        name = update.metric.name
        if kind == BUFFERED_METRIC_KIND_COUNTER:
            if metric := self._declared.get(f"{name}_total"):
                labels = _labels(metric, update)
                self._telemetry.child(metric.name, prom.Counter, labels).inc(update.value)
        elif kind == BUFFERED_METRIC_KIND_GAUGE:
            if metric := self._declared.get(name):
                self._telemetry.child(metric.name, prom.Gauge, _labels(metric, update)).set(update.value)
        elif metric := self._declared.get(f"{name}_seconds"):
            self._telemetry.child(metric.name, prom.Histogram, _labels(metric, update)).observe(update.value)


def _labels(metric: Metric, update: BufferedMetricUpdate) -> dict[str, str]:
    return {label: str(update.attributes.get(label, "")) for label in metric.labels}
