"""Connections to the database and to Redis, and transactions; whatever they lead to need not be there yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection as SQLite

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from sqlalchemy import Connection, Engine, event, text

from somahub.database import open_engine

# Any number, as long as all instances take the same.
_LOCK = 0x1DE717


def connect(url: str) -> Engine:
    """Make the engine of a database, in which who will write says so at the beginning."""
    engine = open_engine(url)
    if engine.dialect.name != "sqlite":
        return engine

    @event.listens_for(engine, "connect")
    def opened(connection: SQLite, _: object) -> None:
        connection.isolation_level = None  # SQLAlchemy begins, not the driver

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        # A reader that turns writer half-way fails at once instead of waiting for its turn.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def redis_client(url: str) -> Redis:
    """A client that gives up soon: what can go on without Redis should not wait for it."""
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=1,
        socket_connect_timeout=0.5,
        retry=Retry(NoBackoff(), 1),
    )


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; committed at the end."""
    with engine.execution_options(writes=True).begin() as connection:
        yield connection


def alone(connection: Connection) -> None:
    """Wait until no other transaction that asked for this is open; SQLite has one writer as it is."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def check(engine: Engine) -> None:
    """Raise SQLAlchemy's error when the database does not answer."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
