"""Tables of the history, and how a database is brought to their version."""

from importlib.resources import as_file, files
from sqlite3 import Connection as SQLite
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    event,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from collectors.history.errors import HistoryError, said

_BUSY = 60_000  # milliseconds that a writer waits for another
_PATIENCE = 5  # seconds for a connection
_LOCK = 1_751_346_803  # any number, of ours alone
_MIGRATING = Lock()  # alembic's context is the process's

metadata = MetaData()

series = Table(
    "history_series",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slo_id", String, nullable=False),
    Column("labels", String, nullable=False),  # of its group, as JSON in the order of names
    Column("region", String, nullable=False),
    Column("unit", String, nullable=False),
    UniqueConstraint("slo_id", "labels", "region"),
)
days = Table(
    "history_days",
    metadata,
    Column("series", Integer, primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),  # since the epoch, of UTC
    Column("hourly", Integer, nullable=False),
    Column("slots", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
watermarks = Table(
    "history_watermarks",
    metadata,
    Column("slo_id", String, primary_key=True),
    Column("region", String, primary_key=True),
    Column("since", BigInteger, nullable=False),  # seconds since the epoch: what lies between is collected
    Column("until", BigInteger, nullable=False),
)
objectives = Table(
    "history_objectives",
    metadata,
    Column("slo_id", String, primary_key=True),
    Column("since", BigInteger, primary_key=True, autoincrement=False),
    Column("objective", String, nullable=False),  # percent, exactly
    Column("period", String, nullable=False),  # in words
)
writers = Table(
    "history_writers",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column(
        "writes", BigInteger, nullable=False
    ),  # taken first by each writer: one at a time reads and writes
)


def open_database(url: str) -> Engine:
    """An engine on a database that has the newest tables; ``HistoryError`` where that can't be."""
    shown = "a store"
    try:
        shown = make_url(url).render_as_string()
        engine = _engine(url)
        _migrate(engine)
    except ArgumentError as error:
        raise HistoryError("a store", "expected a URL such as sqlite:///history.db") from error
    except (SQLAlchemyError, CommandError, ModuleNotFoundError) as error:
        raise HistoryError(shown, said(error)) from error
    return engine


def _migrate(engine: Engine) -> None:
    """One at a time, in this process and in all others; what another did meanwhile is not done again."""
    with (
        _MIGRATING,
        as_file(files("collectors.history") / "migrations") as scripts,
        engine.connect() as connection,
    ):
        connection.exec_driver_sql(
            "BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else f"SELECT pg_advisory_xact_lock({_LOCK})"
        )
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, connect_args={"connect_timeout": _PATIENCE}, pool_pre_ping=True)
    engine = create_engine(url)
    event.listen(engine, "connect", _careful)
    return engine


def _careful(connection: SQLite, _: object) -> None:
    """Readers don't wait for the writer, and a commit is on the disk when it returns."""
    for pragma in (f"busy_timeout={_BUSY}", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
