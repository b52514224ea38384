"""SQL databases by URL: SQLite by default, PostgreSQL where one machine is outgrown."""

from sqlite3 import Connection as SQLite

from sqlalchemy import Engine, create_engine, event

_BUSY = 5000  # milliseconds that a writer waits for another


def open_engine(url: str) -> Engine:
    """Make an engine; SQLite's readers don't wait for its writer, and a commit is on the disk when it returns."""
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _careful)
    return engine


def _careful(connection: SQLite, _: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY}"):
        connection.execute(f"PRAGMA {pragma}")
