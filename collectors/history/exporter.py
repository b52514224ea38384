"""Periods back to Prometheus: windows that it does not keep long enough, and those of a calendar."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector as Exposed

from collectors.history.ledger import Entry, Ledger
from slo import names
from slo.model import Platform
from slo.rules import id_labels

_FIGURES: dict[str, tuple[str, Callable[[Entry], float | None]]] = {
    names.PERIOD_COVERAGE: (
        "Part of the period's past that is known.",
        lambda e: e.raw.known / e.raw.elapsed if e.raw.elapsed else None,
    ),
    names.PERIOD_SPENT: ("Part of the error budget that is spent.", lambda e: e.raw.spent),
    names.PERIOD_REMAINING: ("Part of the error budget that is left.", lambda e: e.raw.left),
    names.PERIOD_BAD: ("Bad events of the period, in the SLI's unit.", lambda e: e.raw.bad),
    names.PERIOD_TOTAL: ("Events of the period, in the SLI's unit.", lambda e: e.raw.total),
}


class Periods(Exposed):
    """``slo:period_*`` of the last round; the raw figures, as the rules have them."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._families: list[Metric] = []

    def update(self, ledger: Ledger, at: datetime | None = None) -> None:
        """Judge all budgets anew."""
        moment = at or datetime.now(UTC)
        entries = [
            entry
            for service in self._platform.services
            for entry in ledger.entries(service, moment)
            if self._platform.told_by_history(entry.slo)
        ]
        self._families = [_family(name, *figure, entries) for name, figure in _FIGURES.items()]

    def collect(self) -> Iterator[Metric]:
        """As Prometheus' client asks for them."""
        yield from self._families


def _family(
    name: str, text: str, figure: Callable[[Entry], float | None], entries: list[Entry]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text)
    for entry in entries:
        value = figure(entry)
        if value is not None:
            family.add_sample(name, id_labels(entry.service, entry.slo) | dict(entry.group), value)
    return family
