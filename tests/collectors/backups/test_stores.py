"""Real stores, backed up while they run and restored beside themselves."""

import io
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from identityservice import postgresql
from objectstore import ACCESS, SECRET, object_server
from redis import Redis as Client
from redisserver import redis_server

from collectors.backups import BackupError, Store, Vault, drill
from collectors.backups.backup import Backup
from collectors.backups.stores.objects import Objects, client
from collectors.backups.stores.postgresql import PostgreSQL
from collectors.backups.stores.redis import Redis
from collectors.backups.stores.sqlite import Databases
from somahub.stack.binaries import find
from somahub.stack.postgresql import binaries


def now() -> datetime:
    return datetime.now(UTC)


def well(store: Store, backup: Backup) -> int:
    """What a drill verified, if it went well."""
    done = drill(store, backup, now)
    assert done.faults == ()
    assert done.lost == 0
    return done.verified


def spoiled(backup: Backup, name: str = "") -> None:
    """Change one byte of a file of the backup."""
    file = next(path for path in sorted(backup.folder.rglob(f"files/**/*{name}")) if path.stat().st_size)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgresql(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


def test_postgresql_comes_back_row_by_row_from_one_snapshot(database: str, vault: Vault) -> None:
    with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE TABLE people (id int PRIMARY KEY, name text)")
        connection.execute('CREATE SCHEMA "Odd one"; CREATE TABLE "Odd one"."a ""b" (x float)')
        connection.execute("INSERT INTO people SELECT n, 'name ' || n FROM generate_series(1, 2000) n")
        store = PostgreSQL("postgresql", database, binaries())
        backup = vault.make(store, now)
        connection.execute("DELETE FROM people WHERE id > 5")
        assert [(i.name, i.count) for i in backup.manifest.items] == [
            ('Odd one.a "b', 0),
            ("public.people", 2000),
        ]
        assert well(store, backup) == 2000
        # A row that differs is seen, though there are as many.
        items = tuple(i.model_copy(update={"digest": "1"}) for i in backup.manifest.items)
        other = backup.model_copy(update={"manifest": backup.manifest.model_copy(update={"items": items})})
        assert drill(store, other, now).lost == 2000
        left = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'restore%'").fetchall()
        assert left == []
        spoiled(backup)
        done = drill(store, backup, now)
        assert (done.verified, done.lost) == (0, 2000)
        assert done.faults == ("database.dump: its checksum is not that of its backup",)


def test_a_postgresql_that_is_not_there_is_a_failed_backup(vault: Vault) -> None:
    store = PostgreSQL("postgresql", "postgresql+psycopg://postgres@127.0.0.1:1/postgres", binaries())
    with pytest.raises(BackupError, match=r"^postgresql: .*refused"):
        vault.make(store, now)


def test_redis_comes_back_with_all_types_and_what_expires(tmp_path: Path, vault: Vault) -> None:
    with redis_server(tmp_path) as server, Client.from_url(server.url) as redis:
        store = Redis("redis", server.url, find("SLO_REDIS_SERVER", os.environ))
        redis.set("text", "a")
        redis.set("soon", "b", ex=100)
        redis.rpush("list", *range(300))
        redis.hset("hash", mapping={"a": "1"})
        redis.zadd("ranks", {"a": 1.5})
        redis.xadd("stream", {"a": "1"})
        redis.set(b"\x00\xff", os.urandom(1000))
        for number in range(1200):
            redis.set(f"key {number}", number)
        backup = vault.make(store, now)
        redis.flushall()
        assert well(store, backup) == 1207
        assert not redis.keys()
        spoiled(backup)
        assert not drill(store, backup, now).well
        server.stop()
        with pytest.raises(BackupError, match=r"^redis: .*refused"):
            vault.make(store, now)


def test_databases_are_copied_whole_while_they_are_written(tmp_path: Path, vault: Vault) -> None:
    root = tmp_path / "data"
    (root / "inner").mkdir(parents=True)
    (root / "inner" / "meta.json").write_text("{}")
    path = root / "inner" / "orders.db"
    with closing(sqlite3.connect(path, check_same_thread=False)) as writer:
        writer.execute("PRAGMA journal_mode = wal")
        writer.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, twin INTEGER)")
        done = threading.Event()

        def write() -> None:
            while not done.is_set():
                with writer:
                    writer.execute("INSERT INTO orders (twin) VALUES (1)")
                    writer.execute("INSERT INTO orders (twin) VALUES (2)")

        thread = threading.Thread(target=write)
        thread.start()
        try:
            store = Databases("sqlite", root)
            backups = [vault.make(store, now) for _ in range(5)]
        finally:
            done.set()
            thread.join()
    counts = [backup.manifest.items[0].count for backup in backups]
    assert counts == sorted(counts)
    assert all(count % 2 == 0 for count in counts)
    assert sorted(file.path for file in backups[-1].manifest.files) == ["inner/meta.json", "inner/orders.db"]
    assert well(store, backups[-1]) == counts[-1]
    spoiled(backups[-1], ".db")
    assert not drill(store, backups[-1], now).well


def test_a_folder_without_files_is_no_good_backup(tmp_path: Path, vault: Vault) -> None:
    with pytest.raises(BackupError, match="no files"):
        vault.make(Databases("temporal", tmp_path / "temporal.db"), now)


def test_objects_are_read_once_and_a_wrong_copy_is_lost(tmp_path: Path, vault: Vault) -> None:
    with object_server(tmp_path) as server:
        minio = client(server.url, ACCESS, SECRET)
        store = Objects("minio", minio)
        assert vault.make(store, now).manifest.items == ()
        minio.make_bucket("bucket")
        for name, text in {"a/../odd name?": b"one", "b": b"two", "gone": b"", "later": b"three"}.items():
            minio.put_object("bucket", name.replace("..", "x"), _stream(text), len(text))
        first = vault.make(store, now)
        minio.remove_object("bucket", "gone")
        minio.put_object("bucket", "later", _stream(b"changed"), 7)
        second = vault.make(store, now)
        assert [(len(b.manifest.items), b.manifest.size) for b in (first, second)] == [(4, 62), (3, 53)]
        assert _inodes(first) & _inodes(second)
        assert well(store, second) == 3
        assert well(store, first) == 4
        # A wrong file is in each backup that shares it, and no backup made after it hides that.
        spoiled(second)
        third = vault.make(store, now)
        done = drill(store, third, now)
        assert (done.verified, done.lost, done.well) == (2, 1, False)
    with pytest.raises(BackupError, match=r"^minio: "):
        vault.make(store, now)


def _stream(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)


def _inodes(backup: Backup) -> set[int]:
    return {p.stat().st_ino for p in backup.folder.rglob("files/*") if p.suffix != ".name"}
