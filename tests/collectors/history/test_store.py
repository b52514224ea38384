"""The store in SQLite, PostgreSQL and ClickHouse: the same rows, whoever writes them and however often."""

import json
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import clickhouse_connect
import numpy as np
import pytest
from company import EXAMPLE, MOVE, fill, review
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from identityservice import postgresql
from sqlalchemy import create_engine, inspect, text

from collectors.history import opening, openmetrics, parquet
from collectors.history.copying import contents, copy
from collectors.history.errors import HistoryError
from collectors.history.opening import open_store
from collectors.history.schema import metadata
from collectors.history.store import Collected, Key, Objective, Store, Stored
from slo.slots import Slots, unknown

DAY = 86400
START = 20_000 * DAY
THIRDS = np.arange(288) / 3
KEYS = (
    Key("a-x"),
    Key("a-x", (("route", '/p"q\\é,='),)),
    Key("a-x", (), "eu"),
    Key("b-y", (("i", "1"), ("j", "")), "us", "seconds"),
)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgresql(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A process has one engine of ClickHouse, and one folder of it."""
    pytest.importorskip("chdb", reason="pip install 'soma-slo[chdb]', 750 MB")
    return f"chdb://{tmp_path_factory.mktemp('chdb')}"


@pytest.fixture(params=["sqlite", "postgresql", "chdb"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'own.db'}"
    if request.param == "chdb":
        place: str = request.getfixturevalue("engine")
        client = clickhouse_connect.get_client(dsn=place)
        for name in ("slots", "watermarks", "objectives"):
            client.command(f"DROP TABLE IF EXISTS history_{name} SYNC")
        client.close()
        return place
    found: str = request.getfixturevalue("cluster")
    engine = create_engine(found)
    with engine.begin() as connection:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE IF EXISTS history_version"))
    engine.dispose()
    return found


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every store is closed with its test."""
    stores: list[Store] = []

    def noted(url: str) -> Store:
        stores.append(opening.open_store(url))
        return stores[-1]

    monkeypatch.setitem(globals(), "open_store", noted)
    yield
    for store in stores:
        store.close()


def slots(start: int, size: int, seed: int = 0, known: float = 300) -> Slots:
    dice = np.random.default_rng(seed)
    total = dice.poisson(100, size).astype(float)
    return Slots(start, np.floor(total / 10), total, np.full(size, known), np.zeros(size))


def filled(url: str) -> Store:
    store = open_store(url)
    for seed, key in enumerate(KEYS):
        store.write(
            [Stored(key, slots(START + 3000, 600, seed))],
            {(key.slo_id, key.region): Collected(START, START + seed)},
        )
    store.promise({"a-x": Objective(START, Decimal("99.90"), "30d")})
    return store


def test_what_is_written_is_read_and_the_rest_is_unknown(url: str) -> None:
    found = filled(url).read("a-x", START, START + 3 * DAY)
    assert [key for key, _ in found] == sorted(KEYS[:3])
    written = slots(START + 3000, 600, 1)
    assert found[2].slots.total[10:610].tolist() == written.total.tolist()
    assert found[1].slots.known.sum() == 600 * 300


def test_writing_again_changes_nothing_and_more_is_known_wins(url: str) -> None:
    store = filled(url)
    before = contents(store)
    filled(url)
    assert contents(store) == before
    store.write([Stored(KEYS[0], slots(START + 3000, 10, 99, known=200))], {})
    assert contents(store) == before
    fuller = slots(START + 3000, 10, 99)
    store.write([Stored(KEYS[0], fuller)], {})
    assert store.read("a-x", START + 3000, START + 6000)[0].slots.total.tolist() == fuller.total.tolist()


def test_watermarks_widen_and_never_shrink(url: str) -> None:
    store = open_store(url)
    for mark in (Collected(100, 200), Collected(50, 100), Collected(150, 300)):
        store.write([], {("a", ""): mark})
    assert store.watermarks() == {("a", ""): Collected(50, 300)}


def test_an_objective_is_noted_when_it_changes(url: str) -> None:
    store = open_store(url)
    for at, percent in ((1000, "99.9"), (2000, "99.9"), (3000, "99.5"), (2500, "99"), (4000, "99.5")):
        store.promise({"a": Objective(at, Decimal(percent), "30d")})
    told = [(one.since, one.objective) for one in store.objectives()["a"]]
    assert told == [(0, Decimal("99.9")), (3000, Decimal("99.5"))]


def test_many_writers_at_once_lose_nothing(url: str) -> None:
    open_store(url)
    size = 12

    def write(number: int) -> None:
        store = open_store(url)
        for key in KEYS:
            store.write([Stored(key, slots(START + number * size * 300, size, number))], {})

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(24)))
    for key, held in open_store(url).read("a-x", START, START + DAY):
        assert held.known.sum() == DAY, key
        assert held.total[: 2 * size].tolist() == [*slots(0, size, 0).total, *slots(0, size, 1).total]


def test_a_backup_of_one_database_is_restored_into_another(url: str, tmp_path: Path, cluster: str) -> None:
    assert cluster
    store = filled(url)
    backup = open_store(f"sqlite:///{tmp_path / 'backup.db'}")
    assert copy(store, backup, "backup") == contents(store)
    with pytest.raises(HistoryError, match="empty store"):
        copy(backup, store, "store")


def test_old_days_become_hours_that_have_their_sums_and_then_go(url: str) -> None:
    store = filled(url)
    before = store.read("a-x", START, START + 3 * DAY)
    assert store.roll_up(START + 2 * DAY) == 2 * len(KEYS)
    assert store.roll_up(START + 2 * DAY) == 0
    after = store.read("a-x", START, START + 3 * DAY)
    for (_, old), (_, new) in zip(before, after, strict=True):
        for one, other in zip(old.columns, new.columns, strict=True):
            assert other.reshape(-1, 12).sum(axis=1) == pytest.approx(one.reshape(-1, 12).sum(axis=1))
    # What is collected late does not mix hours and slots.
    store.write([Stored(KEYS[0], slots(START, 10, 7))], {})
    assert (
        store.read("a-x", START, START + DAY)[0].slots.total.tolist()
        == after[0].slots.between(START, START + DAY).total.tolist()
    )
    assert store.forget(START + 2 * DAY) == 2 * len(KEYS)
    assert not store.read("a-x", START, START + 2 * DAY)


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
def test_tables_are_those_of_the_migrations(url: str) -> None:
    open_store(url)
    engine = create_engine(url)
    found = inspect(engine)
    for name, table in metadata.tables.items():
        columns = {c["name"]: (str(c["type"]), c["nullable"]) for c in found.get_columns(name)}
        wanted = {c.name: (c.type.compile(engine.dialect), c.nullable) for c in table.columns}
        assert columns == wanted
    engine.dispose()


def test_a_store_that_can_not_be_had_is_named(tmp_path: Path) -> None:
    for wrong, said in (
        ("nonsense", "expected a URL"),
        (f"sqlite:///{tmp_path}/no/folder.db", "unable to open"),
        ("postgresql+psycopg://x:secret@127.0.0.1:9/y", "refused|connect"),
    ):
        with pytest.raises(HistoryError, match=said) as caught:
            open_store(wrong)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(("form", "name"), [(parquet, "h.parquet"), (openmetrics, "h.om")])
def test_an_export_is_imported_equal(form: object, name: str, tmp_path: Path) -> None:
    write: Callable[..., int] = form.write  # type: ignore[attr-defined]
    read: Callable[..., int] = form.read  # type: ignore[attr-defined]
    store, other = filled(f"sqlite:///{tmp_path / 'one.db'}"), open_store(f"sqlite:///{tmp_path / 'two.db'}")
    count = write(store, tmp_path / name)
    assert count == read(tmp_path / name, other) == 600 * len(KEYS)
    assert list(other.days()) == list(store.days())
    (tmp_path / name).write_text("nothing of ours\n")
    with pytest.raises(HistoryError, match=name):
        read(tmp_path / name, other)


def test_promtool_makes_blocks_of_an_export(tmp_path: Path, tools: Path) -> None:
    openmetrics.write(filled(f"sqlite:///{tmp_path / 'one.db'}"), tmp_path / "h.om")
    made = subprocess.run(
        [
            tools / "promtool",
            "tsdb",
            "create-blocks-from",
            "openmetrics",
            tmp_path / "h.om",
            tmp_path / "blocks",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    metas = [json.loads(path.read_text()) for path in (tmp_path / "blocks").glob("*/meta.json")]
    assert sum(meta["stats"]["numSamples"] for meta in metas) == 4 * 600 * len(KEYS)


pieces = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 560),
        st.integers(1, 40),
        st.integers(0, 5),
        st.sampled_from((100, 300)),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces)
def test_the_order_of_writes_of_what_is_equally_known_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, written: list[tuple[int, int, int, int, int]]
) -> None:
    """Each slot holds the fullest that was written, of equals the last."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('p') / 'h.db'}")
    model = {key: unknown(START, START + 2 * DAY) for key in KEYS}
    for which, first, most, seed, known in written:
        size = min(most, 576 - first)
        new = slots(START + first * 300, size, seed, known)
        store.write([Stored(KEYS[which], new)], {})
        held = model[KEYS[which]]
        for i in range(size):
            if new.known[i] >= held.known[first + i]:
                for column, own in zip(held.columns, new.columns, strict=True):
                    column[first + i] = own[i]
    read = {key: s for name in ("a-x", "b-y") for key, s in store.read(name, START, START + 2 * DAY)}
    for key, held in model.items():
        if key in read:
            assert [c.tolist() for c in read[key].columns] == [c.tolist() for c in held.columns]
        else:
            assert not held.known.any()


def test_every_database_tells_the_same_of_the_same(url: str, tmp_path: Path) -> None:
    """Slots, hours and what is forgotten: the same bytes in a copy, the same slots for a budget."""
    stores = filled(url), filled(f"sqlite:///{tmp_path / 'other.db'}")
    for store in stores:
        store.write([Stored(KEYS[1], slots(START + 2 * DAY, 288, 5, known=123.457)._replace(bad=THIRDS))], {})
        store.roll_up(START + DAY)
        store.write([Stored(KEYS[0], slots(START + 4 * DAY, 12, 6, known=0.5))], {})
    one, other = (list(store.days()) for store in stores)
    assert one == other
    for name in ("a-x", "b-y"):
        read = [store.read(name, START, START + 5 * DAY) for store in stores]
        told = [[(key, [c.tolist() for c in held.columns]) for key, held in found] for found in read]
        assert told[0] == told[1]


def test_a_review_is_the_same_to_the_byte_in_each_database(url: str) -> None:
    store = open_store(url)
    fill(store)
    assert review(store, MOVE).model_dump_json() + "\n" == EXAMPLE.read_text()
