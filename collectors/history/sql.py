"""The history in a SQL database: a row for each day of a series, 288 slots in it."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from collectors.history.errors import HistoryError, said
from collectors.history.packed import DAY, hours, pack, unpack
from collectors.history.schema import days, objectives, open_database, series, watermarks, writers
from collectors.history.store import Collected, Day, Key, Objective, Stored, Watermarks, news
from slo.slots import Slots, fuller, unknown

_MANY = 500  # values of one statement


class SQLStore:
    """SQLite or PostgreSQL by SQLAlchemy's URL."""

    def __init__(self, url: str) -> None:
        self._engine = open_database(url)
        self._where = self._engine.url.render_as_string()
        self._ids: dict[Key, int] = {}

    def close(self) -> None:
        """Close its connections."""
        self._engine.dispose()

    def write(self, rows: Iterable[Stored], watermarks: Watermarks) -> None:  # noqa: D102 - the protocol's
        rows = [row for row in rows if row.slots.known.any() or row.slots.total.any()]
        with self._writing() as connection:
            by_day: dict[int, dict[int, Slots]] = {}
            for row, ident in zip(rows, self._identified(connection, [r.key for r in rows]), strict=True):
                for day in range(row.slots.start // DAY, -(-row.slots.end // DAY)):
                    if any(column.any() for column in row.slots.between(day * DAY, (day + 1) * DAY).columns):
                        by_day.setdefault(day, {})[ident] = row.slots
            for day, found in by_day.items():
                kept = _kept(connection, day, list(found))
                merged = [_merged(day, ident, slots, kept.get(ident)) for ident, slots in found.items()]
                _put(connection, days, [row for row in merged if row], ("hourly", "slots"))
            _widen_watermarks(connection, watermarks)

    def read(self, slo_id: str, start: int, end: int) -> list[Stored]:  # noqa: D102 - likewise
        first, last = start // DAY, -(-end // DAY)
        query = (
            select(series, days.c.day, days.c.slots)
            .join(days, and_(days.c.series == series.c.id, days.c.day >= first, days.c.day < last))
            .where(series.c.slo_id == slo_id)
            .order_by(series.c.id, days.c.day)
        )
        with self._translated(), self._engine.connect() as connection:
            rows = connection.execute(query).all()
        found = []
        for _, group in groupby(rows, lambda row: row.id):
            held = list(group)
            whole = unknown(first * DAY, last * DAY)
            for row in held:
                at = (row.day - first) * (DAY // 300)
                day = self._unpacked(row.slots, row.day)
                for column, own in zip(whole.columns, day.columns, strict=True):
                    column[at : at + day.size] = own
            found.append(Stored(_key(held[0]), whole.between(start, end)))
        return sorted(found, key=lambda one: one.key)

    def watermarks(self) -> dict[tuple[str, str], Collected]:  # noqa: D102 - likewise
        with self._translated(), self._engine.connect() as connection:
            return _watermarks(connection)

    def objectives(self) -> dict[str, list[Objective]]:  # noqa: D102 - likewise
        found: dict[str, list[Objective]] = {}
        with self._translated(), self._engine.connect() as connection:
            for row in connection.execute(
                select(objectives).order_by(objectives.c.slo_id, objectives.c.since)
            ):
                found.setdefault(row.slo_id, []).append(
                    Objective(row.since, Decimal(row.objective), row.period)
                )
        return found

    def promise(self, promised: Mapping[str, Objective]) -> None:  # noqa: D102 - likewise
        changed = news(promised, self.objectives())
        if changed:
            rows = [_objective(slo_id, one) for slo_id, one in changed.items()]
            with self._writing() as connection:
                _put(connection, objectives, rows, ("objective", "period"))

    def days(self) -> Iterator[Day]:  # noqa: D102 - likewise
        order = (series.c.slo_id, series.c.labels, series.c.region, days.c.day)
        query = select(series, days).join(days, days.c.series == series.c.id).order_by(*order)
        with self._translated(), self._engine.connect() as connection:
            for row in connection.execute(query.execution_options(yield_per=_MANY)):
                yield Day(_key(row), row.day, bool(row.hourly), bytes(row.slots))

    def adopt(  # noqa: D102 - likewise
        self, kept: Iterable[Day], marks: Watermarks, promised: Mapping[str, list[Objective]]
    ) -> None:
        with self._writing() as connection:
            if connection.execute(select(func.count()).select_from(days)).scalar_one():
                raise HistoryError(self._where, "expected an empty store")
            for chunk in _chunks(kept):
                idents = self._identified(connection, [one.key for one in chunk])
                rows = [
                    {"series": i, "day": one.day, "hourly": int(one.hourly), "slots": one.slots}
                    for i, one in zip(idents, chunk, strict=True)
                ]
                _put(connection, days, rows, ("hourly", "slots"))
            _widen_watermarks(connection, marks)
            told = [_objective(slo_id, one) for slo_id, several in promised.items() for one in several]
            _put(connection, objectives, told, ("objective", "period"))

    def roll_up(self, before: int) -> int:  # noqa: D102 - likewise
        query = select(days).where(days.c.day < before // DAY, days.c.hourly == 0).limit(_MANY)
        done = 0
        while True:
            with self._writing() as connection:
                rows = [
                    {
                        "series": row.series,
                        "day": row.day,
                        "hourly": 1,
                        "slots": pack(hours(self._unpacked(row.slots, row.day))),
                    }
                    for row in connection.execute(query)
                ]
                _put(connection, days, rows, ("hourly", "slots"))
            if not rows:
                return done
            done += len(rows)

    def forget(self, before: int) -> int:  # noqa: D102 - likewise
        with self._writing() as connection:
            return connection.execute(delete(days).where(days.c.day < before // DAY)).rowcount

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One writer at a time: what it merges with is not changed by another meanwhile."""
        known = dict(self._ids)
        try:
            with self._translated(), self._engine.begin() as connection:
                connection.execute(update(writers).values(writes=writers.c.writes + 1))
                yield connection
        except BaseException:
            self._ids = known  # ids of what was not committed
            raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise HistoryError(self._where, said(error)) from error

    def _identified(self, connection: Connection, keys: list[Key]) -> list[int]:
        if not set(keys) <= self._ids.keys():
            rows = [
                {"slo_id": k.slo_id, "labels": k.labels, "region": k.region, "unit": k.unit}
                for k in dict.fromkeys(keys)
                if k not in self._ids
            ]
            _put(connection, series, rows, ("unit",), ("slo_id", "labels", "region"))
            self._ids = {_key(row): row.id for row in connection.execute(select(series))}
        return [self._ids[key] for key in keys]

    def _unpacked(self, blob: bytes, day: int) -> Slots:
        try:
            return unpack(bytes(blob), day * DAY)
        except (ValueError, IndexError, KeyError) as error:
            raise HistoryError(self._where, f"day {day}: {error}") from error


def _kept(connection: Connection, day: int, idents: list[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for at in range(0, len(idents), _MANY):
        query = select(days).where(days.c.day == day, days.c.series.in_(idents[at : at + _MANY]))
        found |= {row.series: row for row in connection.execute(query)}
    return found


def _merged(day: int, ident: int, slots: Slots, kept: Any) -> dict[str, Any] | None:  # noqa: ANN401 - a row
    """The day with new slots where at least as much is known of them; None where hours stand for them already."""
    start, end = max(slots.start, day * DAY), min(slots.end, (day + 1) * DAY)
    if kept is not None and kept.hourly:
        return None
    whole = unpack(bytes(kept.slots), day * DAY) if kept is not None else unknown(day * DAY, (day + 1) * DAY)
    best = fuller(slots.between(start, end), whole.between(start, end))
    at = (start - day * DAY) // 300
    for column, own in zip(whole.columns, best.columns, strict=True):
        column[at : at + best.size] = own
    return {"series": ident, "day": day, "hourly": 0, "slots": pack(whole)}


def _watermarks(connection: Connection) -> dict[tuple[str, str], Collected]:
    rows = connection.execute(select(watermarks))
    return {(row.slo_id, row.region): Collected(row.since, row.until) for row in rows}


def _widen_watermarks(connection: Connection, marks: Watermarks) -> None:
    before = _watermarks(connection) if marks else {}
    rows = []
    for (slo_id, region), new in marks.items():
        old = before.get((slo_id, region), new)
        since, until = min(old.since, new.since), max(old.until, new.until)
        rows.append({"slo_id": slo_id, "region": region, "since": since, "until": until})
    _put(connection, watermarks, rows, ("since", "until"))


def _put(
    connection: Connection,
    table: Table,
    rows: list[dict[str, Any]],
    changed: tuple[str, ...],
    keys: tuple[str, ...] = (),
) -> None:
    """Insert rows, or change those that are there."""
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(table)
    on = [table.c[name] for name in keys] or list(table.primary_key.columns)
    new = {name: insert.excluded[name] for name in changed}
    connection.execute(insert.on_conflict_do_update(index_elements=on, set_=new), rows)


def _objective(slo_id: str, one: Objective) -> dict[str, Any]:
    return {"slo_id": slo_id, "since": one.since, "objective": f"{one.objective:f}", "period": one.period}


def _key(row: Any) -> Key:  # noqa: ANN401 - a row
    return Key.of(row.slo_id, row.labels, row.region, row.unit)


def _chunks(kept: Iterable[Day]) -> Iterator[list[Day]]:
    chunk: list[Day] = []
    for one in kept:
        chunk.append(one)
        if len(chunk) == _MANY:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
