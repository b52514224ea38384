"""The history as a Parquet file: one row for each slot of which anything is known."""

import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from collectors.history.errors import HistoryError
from collectors.history.spans import stretches
from collectors.history.store import Key, Store, Stored
from slo.slots import SLOT, unknown

_ROWS = """slo_id VARCHAR, labels VARCHAR, region VARCHAR, unit VARCHAR, start TIMESTAMPTZ,
bad DOUBLE, total DOUBLE, known DOUBLE, recovered DOUBLE"""
_ORDER = "ORDER BY slo_id, labels, region, start"


def write(store: Store, path: Path) -> int:
    """Write all slots; how many is returned. ``start`` is a time, ``known`` and ``recovered`` are seconds."""
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        database.execute(f"CREATE TABLE slots ({_ROWS})")
        for key, slots in stretches(store):
            held = np.flatnonzero((slots.known > 0) | (slots.total > 0))
            found: dict[str, Any] = {"begins": slots.start + SLOT * held}
            found |= {f"c{i}": column[held] for i, column in enumerate(slots.columns)}
            database.register("found", found)
            database.execute(
                "INSERT INTO slots SELECT ?, ?, ?, ?, to_timestamp(begins), c0, c1, c2, c3 FROM found",
                [key.slo_id, json.dumps(dict(key.group)), key.region, key.unit],
            )
        (count,) = database.execute("SELECT count(*) FROM slots").fetchone() or (0,)
        name = str(path).replace("'", "''")
        database.execute(f"COPY (FROM slots {_ORDER}) TO '{name}' (FORMAT parquet, COMPRESSION zstd)")
    return int(count)


def read(path: Path, store: Store) -> int:
    """Add the slots of a file to a store, as if they were collected; how many is returned."""
    try:
        with duckdb.connect() as database:
            series = database.execute(
                "SELECT DISTINCT slo_id, labels, region, unit FROM read_parquet(?) ORDER BY ALL", [str(path)]
            ).fetchall()
            return sum(_series(database, path, store, row) for row in series)
    except duckdb.Error as error:
        raise HistoryError(str(path), str(error).splitlines()[0]) from error


def _series(
    database: duckdb.DuckDBPyConnection, path: Path, store: Store, row: tuple[str, str, str, str]
) -> int:
    found = database.execute(
        "SELECT epoch(start)::BIGINT AS begins, bad, total, known, recovered FROM read_parquet(?) "
        "WHERE slo_id = ? AND labels = ? AND region = ? ORDER BY start",
        [str(path), *row[:3]],
    ).fetchnumpy()
    slots = unknown(int(found["begins"][0]), int(found["begins"][-1]) + SLOT)
    at = (np.asarray(found["begins"]) - slots.start) // SLOT
    for column, name in zip(slots.columns, ("bad", "total", "known", "recovered"), strict=True):
        column[at] = found[name]
    slo_id, labels, region, unit = row
    store.write([Stored(Key(slo_id, tuple(json.loads(labels).items()), region, unit), slots)], {})
    return len(at)
