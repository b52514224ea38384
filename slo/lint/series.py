"""How many series a selector has, by what a platform declares; where it declares nothing, by a guess."""

from collections.abc import Mapping
from math import prod
from typing import NamedTuple

from slo.lint.matchers import Pick, takes
from slo.model import Platform
from slo.units import seconds

# A label to split by of which no values are declared.
_GROUPS = 10
_SUFFIXES = ("", "_count", "_sum", "_bucket")


class Assumed(NamedTuple):
    """What is taken for granted about a Prometheus.

    ``labels``: of each declared metric, the labels and their values; a selector of another has ``series`` series.
    Times are in seconds; no range reads more than ``retention``.
    """

    series: int
    labels: Mapping[str, Mapping[str, tuple[str, ...]]]
    scrape_interval: float
    retention: float

    def count(self, one: Pick) -> int:
        """The series that a selector of a raw metric takes."""
        labels = self.labels.get(one.metric)
        if labels is None or not all(labels.values()):
            return self.series
        return prod(
            sum(all(takes(m, v) is not False for m in one.of(n)) for v in vs) for n, vs in labels.items()
        )

    def groups(self, label: str) -> int:
        """The values of a label to split by."""
        return max(
            (len(labels[label]) for labels in self.labels.values() if labels.get(label)), default=_GROUPS
        )


def assumed(platform: Platform, series: int = 100) -> Assumed:
    """What a platform declares; each target is one series of ``up``."""
    declared = {
        metric.name + suffix: metric.labels
        for service in platform.services
        for metric in service.metrics
        for suffix in _SUFFIXES
    }
    every, kept = platform.scrape_interval.total_seconds(), float(seconds(platform.retention))
    return Assumed(series, declared | {"up": {}}, every, kept)
