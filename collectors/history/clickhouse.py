"""The history in ClickHouse: a row for each slot. Its engine merges them: the fuller one stays, of equals the last.

Nothing is read before it is written, so writers need not wait for each other. Slots are written before their watermark:
what was broken off between the two is collected again. https://clickhouse.com/docs/engines/table-engines/mergetree-family/replacingmergetree
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

import clickhouse_connect
import numpy as np
from clickhouse_connect.driver.exceptions import ClickHouseError
from sqlalchemy.engine import make_url

from collectors.history import cells, statements
from collectors.history.errors import HistoryError
from collectors.history.packed import DAY, hours, packed, told
from collectors.history.store import Collected, Day, Key, Objective, Stored, Watermarks, news

_MANY = 500  # days of one insert
_LATEST = 2**32 - 1


class ClickHouseStore:
    """A server by ``clickhouse://`` (``clickhouses://`` by TLS), or an engine in this process by ``chdb:///FOLDER``."""

    def __init__(self, url: str) -> None:
        # It would tell each failure as well.
        logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)
        parsed = make_url(url)
        self._where = parsed.render_as_string()
        dsn = url.replace("clickhouses://", "https://", 1) if parsed.drivername == "clickhouses" else url
        with self._translated():
            self._client = clickhouse_connect.get_client(dsn=dsn)
            for table in statements.TABLES:
                self._client.command(table)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def write(self, rows: Iterable[Stored], watermarks: Watermarks) -> None:  # noqa: D102 - the protocol's
        self._insert([cells.of_slots(row.key, row.slots) for row in rows])
        self._mark(watermarks)

    def read(self, slo_id: str, start: int, end: int) -> list[Stored]:  # noqa: D102 - likewise
        first, last = start // DAY * DAY, -(-end // DAY) * DAY
        found = self._cells(statements.SLO, {"slo_id": slo_id, "first": first, "last": last})
        stored = [Stored(key, told(first, one.spread(first, last)).between(start, end)) for key, one in found]
        return sorted(stored, key=lambda one: one.key)

    def watermarks(self) -> dict[tuple[str, str], Collected]:  # noqa: D102 - likewise
        rows = self._rows(statements.MARKS)
        return {(slo_id, region): Collected(since, until) for slo_id, region, since, until in rows}

    def objectives(self) -> dict[str, list[Objective]]:  # noqa: D102 - likewise
        rows = self._rows(statements.OBJECTIVES)
        return {
            slo_id: [Objective(since, Decimal(percent), period) for _, since, percent, period in several]
            for slo_id, several in groupby(rows, lambda row: str(row[0]))
        }

    def promise(self, promised: Mapping[str, Objective]) -> None:  # noqa: D102 - likewise
        self._promise({slo_id: [one] for slo_id, one in news(promised, self.objectives()).items()})

    def days(self) -> Iterator[Day]:  # noqa: D102 - likewise
        for row in self._rows(statements.ALL_SERIES):
            for key, one in self._of(row):
                for day, held in one.days():
                    whole = held.spread(day * DAY, (day + 1) * DAY)
                    yield Day(key, day, held.hourly, packed(whole))

    def adopt(  # noqa: D102 - likewise
        self, kept: Iterable[Day], marks: Watermarks, promised: Mapping[str, list[Objective]]
    ) -> None:
        if self._rows(statements.ANY):
            raise HistoryError(self._where, "expected an empty store")
        some: list[cells.Cells] = []
        for one in kept:
            some.append(cells.of_day(one))
            if len(some) == _MANY:
                self._insert(some)
                some = []
        self._insert(some)
        self._mark(marks)
        self._promise(promised)

    def roll_up(self, before: int) -> int:  # noqa: D102 - likewise
        last = before // DAY * DAY
        found = self._rows(statements.FINE_SERIES, {"last": last})
        done = 0
        for row in found:
            for key, one in self._of(row, last):
                fine = [(day, held) for day, held in one.days() if not held.hourly]
                self._insert(
                    [
                        cells.of_hours(key, hours(told(day * DAY, held.spread(day * DAY, (day + 1) * DAY))))
                        for day, held in fine
                    ]
                )
                done += len(fine)
        return done

    def forget(self, before: int) -> int:  # noqa: D102 - likewise
        given = {"last": before // DAY * DAY}
        ((count,),) = self._rows(statements.OLD_DAYS, given)
        if count:
            with self._translated():
                self._client.command(statements.FORGET, given)
        return int(count)

    def _of(self, row: tuple[Any, ...], last: int = _LATEST) -> Iterator[tuple[Key, cells.Cells]]:
        slo_id, labels, region = row
        given = {"slo_id": slo_id, "labels": labels, "region": region, "last": last}
        yield from self._cells(statements.SERIES, given)

    def _cells(self, query: str, given: dict[str, Any]) -> Iterator[tuple[Key, cells.Cells]]:
        with self._translated():
            rows: Any = self._client.query_np(query, given)
        if not len(rows):
            return
        labels, regions, units, *numbers = (rows[name] for name in rows.dtype.names)
        changes = np.flatnonzero((labels[1:] != labels[:-1]) | (regions[1:] != regions[:-1])) + 1
        for start, end in pairwise((0, *changes.tolist(), len(labels))):
            key = Key.of(given["slo_id"], str(labels[start]), str(regions[start]), str(units[end - 1]))
            yield key, cells.Cells(key, *(one[start:end] for one in numbers))

    def _insert(self, some: list[cells.Cells]) -> None:
        held = [one for one in some if one.size]
        if not held:
            return
        keys = [(one.key.slo_id, one.key.labels, one.key.region, one.key.unit) for one in held]
        columns: list[Any] = [
            np.repeat(texts, [one.size for one in held]) for texts in np.array(keys, object).T
        ]
        columns += [np.concatenate([one.columns[i] for one in held]) for i in range(len(cells.COLUMNS))]
        names = ["slo_id", "labels", "region", "unit", *cells.COLUMNS]
        with self._translated():
            self._client.insert("history_slots", columns, names, column_oriented=True)

    def _mark(self, marks: Watermarks) -> None:
        rows = [[slo_id, region, one.since, one.until] for (slo_id, region), one in marks.items()]
        self._put("history_watermarks", rows)

    def _promise(self, promised: Mapping[str, list[Objective]]) -> None:
        rows = [
            [slo_id, one.since, f"{one.objective:f}", one.period]
            for slo_id, several in promised.items()
            for one in several
        ]
        self._put("history_objectives", rows)

    def _put(self, table: str, rows: list[list[Any]]) -> None:
        if rows:
            with self._translated():
                self._client.insert(table, rows)

    def _rows(self, query: str, given: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        with self._translated():
            rows: Any = self._client.query(query, given).result_rows
            return list(rows)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except ClickHouseError as error:
            raise HistoryError(self._where, _reason(error)) from error


def _reason(error: ClickHouseError) -> str:
    said = str(error).splitlines()[0]
    return "no connection; is it running there?" if "Failed to establish" in said else said
