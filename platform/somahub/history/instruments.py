"""The history's own metrics, as its dependency of the spec declares them."""

import time

import prometheus_client as prom

from collectors.history.progress import Progress
from slo.signals import Counter
from somahub.dependencies.history import history


class Instruments:
    """How far the history is, and what failed, as of the last round."""

    def __init__(self, registry: prom.CollectorRegistry) -> None:
        self._gauges = {
            one.name: prom.Gauge(one.name, one.help, tuple(one.labels), registry=registry)
            for one in history.metrics
            if not isinstance(one, Counter)
        }
        (failures,) = (one for one in history.metrics if isinstance(one, Counter))
        self._failures = prom.Counter(failures.name, failures.help, registry=registry)
        self._last = 0
        self._gauges["slo_history_lag_seconds"].set_function(lambda: time.time() - self._last)

    def progressed(self, found: Progress) -> None:
        """What is kept now."""
        self._last = found.last
        self._gauges["slo_history_last_slot_timestamp_seconds"].set(found.last)
        for ident, seconds in found.unknown.items():
            self._gauges["slo_history_unknown_seconds"].labels(ident).set(seconds)

    def failed(self, times: int) -> None:
        """So many things could not be read or written."""
        self._failures.inc(times)

    def rounded(self, lasted: float, failures: int) -> None:
        """A round came to its end."""
        self._gauges["slo_history_round_seconds"].set(lasted)
        self.failed(failures)
        if not failures:
            self._gauges["slo_history_last_success_timestamp_seconds"].set_to_current_time()
