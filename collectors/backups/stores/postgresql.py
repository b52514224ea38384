"""PostgreSQL by pg_dump, counted in the very snapshot that is dumped.

https://www.postgresql.org/docs/current/app-pgdump.html
"""

import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from collectors.backups.backup import Backup, BackupError, Item

_FILE = "database.dump"
_PATIENCE = 10  # seconds to connect
_LONGEST = 3600.0  # seconds
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}
_TABLES = """SELECT schemaname, tablename FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"""
# The same whatever the order of the rows.
_CONTENT = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {} t"


class PostgreSQL:
    """One database by its URL; ``binaries`` is the folder of pg_dump and pg_restore, of its version or newer."""

    def __init__(self, name: str, url: str, binaries: Path) -> None:
        self.name = name
        self._url = url.replace("+psycopg", "", 1)
        self._binaries = binaries

    def back_up(self, folder: Path, previous: Backup | None) -> tuple[Item, ...]:  # noqa: ARG002 - read whole
        """Dump one snapshot, and count each table in it."""
        with self._connected() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
            self._run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={folder / _FILE}")
            return _items(connection)

    def restore(self, folder: Path, place: Path) -> tuple[Item, ...]:  # noqa: ARG002 - into the server itself
        """Into a new database of the same server, which is dropped again."""
        fresh = f"restore_drill_{uuid.uuid4().hex[:12]}"
        name = sql.Identifier(fresh)
        with self._connected() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
            try:
                options = ("--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={fresh}")
                self._run("pg_restore", *options, str(folder / _FILE))
                with self._connected(fresh) as restored:
                    return _items(restored)
            finally:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))

    @contextmanager
    def _connected(self, database: str = "") -> Iterator["psycopg.Connection"]:
        url = make_conninfo(self._url, **({"dbname": database} if database else {}))
        try:
            with psycopg.connect(url, autocommit=True, connect_timeout=_PATIENCE) as connection:
                yield connection
        except psycopg.Error as error:
            raise BackupError(self.name, str(error).partition("\n")[0]) from error

    def _run(self, program: str, *options: str) -> None:
        """The password goes by the environment: others see arguments."""
        given = conninfo_to_dict(self._url)
        environment = {_VARIABLES[key]: str(value) for key, value in given.items() if key in _VARIABLES}
        argv = [str(self._binaries / program), "--no-password", *options]
        try:
            done = subprocess.run(  # noqa: S603 - PostgreSQL's own
                argv, env=os.environ | environment, capture_output=True, check=False, timeout=_LONGEST
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise BackupError(self.name, f"{program}: {error}") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
            raise BackupError(self.name, said or f"{program} failed")


def _items(connection: "psycopg.Connection") -> tuple[Item, ...]:
    found = []
    for schema, table in connection.execute(_TABLES).fetchall():
        query = sql.SQL(_CONTENT).format(sql.Identifier(schema, table))
        count, digest = connection.execute(query).fetchone() or (0, "")
        found.append(Item(name=f"{schema}.{table}", count=count, digest=str(digest)))
    return tuple(found)
