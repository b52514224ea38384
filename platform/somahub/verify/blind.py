"""What goes blind without a metric: the readers of it, and the readers of what those record."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pydantic import BaseModel

from slo.lint.closure import metric_of
from slo.lint.matchers import Pick, takes
from slo.signals import Metric
from somahub.verify.readers import Reader


class Blind(BaseModel):
    """What reads a signal, through however many records: ids of SLOs, alerts with their SLO, panels with their board."""

    slos: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    panels: tuple[str, ...] = ()


class Sight:
    """Who reads what, found by the names that are read."""

    def __init__(self, readers: Iterable[Reader]) -> None:
        self._by_name: dict[str, list[tuple[Pick, Reader]]] = defaultdict(list)
        for reader in readers:
            for one in reader.needs:
                self._by_name[one.metric].append((one, reader))

    def without(self, job: str, metric: Metric) -> Blind:
        """What goes blind when a job no longer emits a metric."""
        lost = [
            reader
            for name in self._by_name
            if metric_of(name, {metric.name: metric})
            for reader in self._reading(name, {"job": job})
        ]
        found: dict[int, Reader] = {}
        while lost:
            reader = lost.pop()
            if id(reader) not in found:
                found[id(reader)] = reader
                lost += self._reading(reader.name, reader.labels) if reader.kind == "record" else ()
        return Blind(
            slos=_sorted(reader.slo for reader in found.values()),
            alerts=_sorted(reader.said for reader in found.values() if reader.kind == "alert"),
            panels=_sorted(reader.name for reader in found.values() if reader.kind == "panel"),
        )

    def _reading(self, name: str, labels: Mapping[str, str]) -> list[Reader]:
        """Readers of a series: of a label that is not said, it may have any value."""
        return [
            reader
            for one, reader in self._by_name.get(name, ())
            if all(takes(m, labels[m[0]]) is not False for m in one.matchers if m[0] in labels)
        ]


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}))
