"""The history as OpenMetrics: counters that grow at the end of each slot, for any TSDB that takes them.

``promtool tsdb create-blocks-from openmetrics`` makes Prometheus' blocks of it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import numpy as np
from prometheus_client.openmetrics.parser import text_fd_to_metric_families

from collectors.history.errors import HistoryError
from collectors.history.spans import stretches
from collectors.history.store import Key, Store, Stored
from slo.promql import quoted
from slo.slots import SLOT, Column, unknown

_NAMES = {
    "slo_history_bad": "Bad events in the SLI's unit.",
    "slo_history_events": "All events in the SLI's unit.",
    "slo_history_known_seconds": "Time that samples vouch for.",
    "slo_history_recovered_seconds": "Time before that events stand for as well.",
}
_OWN = ("slo_id", "slo_region", "slo_unit", "slo_labels")


def write(store: Store, path: Path) -> int:
    """Write all slots of which anything is known; how many is returned."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for place, (name, text) in enumerate(_NAMES.items()):
            file.write(f"# HELP {name} {text}\n# TYPE {name} counter\n")
            totals: dict[Key, float] = {}
            for key, slots in stretches(store):
                held = np.flatnonzero((slots.known > 0) | (slots.total > 0))
                grown = totals.get(key, 0.0) + np.cumsum(slots.columns[place][held])
                _lines(file, f"{name}_total{_labels(key)}", slots.start + SLOT * (held + 1), grown)
                totals[key] = float(grown[-1]) if len(grown) else totals.get(key, 0.0)
                count += len(held) if not place else 0
        file.write("# EOF\n")
    return count


def read(path: Path, store: Store) -> int:
    """Add the slots of such a file to a store, as if they were collected; how many is returned."""
    found: dict[Key, dict[int, list[float]]] = {}
    try:
        with path.open(encoding="utf-8") as file:
            for place, key, at, value in _samples(file):
                found.setdefault(key, {}).setdefault(at, [0.0] * len(_NAMES))[place] = value
    except (OSError, ValueError, KeyError) as error:
        raise HistoryError(str(path), f"not an export of the history: {error}") from error
    for key, rows in found.items():
        ends = np.array(sorted(rows))
        values = np.diff(np.array([[0.0] * len(_NAMES), *(rows[int(end)] for end in ends)]), axis=0)
        slots = unknown(int(ends[0]) - SLOT, int(ends[-1]))
        for column, own in zip(slots.columns, values.T, strict=True):
            column[(ends - slots.start) // SLOT - 1] = np.round(own, 6)
        store.write([Stored(key, slots)], {})
    return sum(map(len, found.values()))


def _lines(file: TextIO, head: str, ends: np.ndarray, values: Column) -> None:
    file.writelines(
        f"{head} {value!r} {end}\n" for end, value in zip(ends.tolist(), values.tolist(), strict=True)
    )


def _labels(key: Key) -> str:
    own = dict(zip(_OWN, (key.slo_id, key.region, key.unit, ",".join(dict(key.group))), strict=True))
    pairs = ",".join(f"{name}={quoted(value)}" for name, value in (own | dict(key.group)).items())
    return "{" + pairs + "}"


def _samples(file: TextIO) -> Iterator[tuple[int, Key, int, float]]:
    places = {f"{name}_total": place for place, name in enumerate(_NAMES)}
    for family in text_fd_to_metric_families(file):  # type: ignore[no-untyped-call]
        for sample in family.samples:
            labels = dict(sample.labels)
            slo_id, region, unit, names = (labels[name] for name in _OWN)
            group = tuple((name, labels[name]) for name in names.split(",") if name)
            yield (
                places[sample.name],
                Key(slo_id, group, region, unit),
                int(float(sample.timestamp or 0)),
                sample.value,
            )
