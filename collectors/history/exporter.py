"""Periods back to Prometheus: windows that it does not keep long enough, and those of a calendar."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector as Exposed

from collectors.history.ledger import Entry, Ledger
from slo import names
from slo.model import SLO, Platform
from slo.rules import id_labels
from slo.units import seconds
from slo.window import Calendar

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

    def __init__(self, platform: Platform, *, rolling: bool) -> None:
        self._platform, self._rolling = platform, rolling
        self._families: list[Metric] = []

    def update(self, ledger: Ledger, at: datetime | None = None) -> None:
        """Judge all budgets anew."""
        moment = at or datetime.now(UTC)
        entries = [
            entry
            for service in self._platform.services
            for entry in ledger.entries(service, moment)
            if exported(self._platform, entry.slo, rolling=self._rolling)
        ]
        self._families = [_family(name, *figure, entries) for name, figure in _FIGURES.items()]

    def collect(self) -> Iterator[Metric]:
        """As Prometheus' client asks for them."""
        yield from self._families


def exported(platform: Platform, slo: SLO, *, rolling: bool) -> bool:
    """Whether the history tells an SLO's period: a calendar's always, a rolling one's when rules can't."""
    if isinstance(slo.window, Calendar):
        return True
    return rolling and slo.window > timedelta(seconds=float(seconds(platform.retention)))


def _family(
    name: str, text: str, figure: Callable[[Entry], float | None], entries: list[Entry]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text)
    for entry in entries:
        value = figure(entry)
        if value is not None:
            family.add_sample(name, id_labels(entry.service, entry.slo) | dict(entry.group), value)
    return family
