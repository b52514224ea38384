"""The pager's database by URL: SQLite on one machine, PostgreSQL for replicas on several."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from sqlite3 import Connection as SQLite
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from alerts.paging.line import Line
from alerts.paging.tables import metadata

_BUSY = 10_000  # milliseconds that a writer waits for another process
_PATIENCE = 5  # seconds for a connection
_ATTEMPTS = 5

_T = TypeVar("_T")


class Database:
    """Whole transactions: committed, and on the disk, when ``change`` returns."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        # Threads wait here in line; SQLite itself makes writers poll, in no order.
        self._line = Line() if self.engine.dialect.name == "sqlite" else None
        self._again(lambda: metadata.create_all(self.engine))

    def change(self, work: Callable[[Connection], _T], *, urgent: bool = False) -> _T:
        """Run ``work`` in one transaction, again where another replica was faster; what is ``urgent`` goes first."""

        def attempt() -> _T:
            turn = self._line.turn(urgent=urgent) if self._line else nullcontext()
            with turn, self.engine.begin() as connection:
                return work(connection)

        return self._again(attempt)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read a consistent state; it does not wait for writers."""
        with self.engine.connect().execution_options(reads=True) as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _again(self, attempt: Callable[[], _T]) -> _T:
        for k in range(_ATTEMPTS - 1):
            try:
                return attempt()
            except (IntegrityError, OperationalError, ProgrammingError) as error:
                if not _passing(error):
                    raise
                time.sleep(0.01 * 2**k)
        return attempt()


def _passing(error: DBAPIError) -> bool:
    """Whether it may go well when it is done again: both made the same row or table, or waited for each other."""
    if isinstance(error, IntegrityError):
        return True
    text = str(error.orig)
    return any(words in text for words in ("already exists", "database is locked", "deadlock", "serialize"))


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        patience = {"connect_timeout": _PATIENCE}
        return create_engine(url, connect_args=patience, pool_pre_ping=True, pool_size=20)
    engine = create_engine(url, connect_args={"check_same_thread": False}, pool_size=20, max_overflow=40)
    event.listen(engine, "connect", _careful)
    event.listen(engine, "begin", _begin)
    return engine


def _careful(connection: SQLite, _: object) -> None:
    # SQLAlchemy's own BEGIN below replaces the driver's, which would come too late.
    connection.isolation_level = None
    for pragma in (f"busy_timeout={_BUSY}", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """A writer takes the lock before it reads, so that what it read still holds when it writes."""
    reads = connection.get_execution_options().get("reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
