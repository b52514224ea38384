"""SQL databases by URL: SQLite by default, PostgreSQL where one machine is outgrown."""

from sqlite3 import Connection as SQLite

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url

_BUSY = 5000  # milliseconds that a writer waits for another
_PATIENCE = 2  # seconds for a connection, after which a server counts as gone


def open_engine(url: str) -> Engine:
    """Make an engine; SQLite's readers don't wait for its writer, and a commit is on the disk when it returns."""
    if make_url(url).get_backend_name() != "sqlite":
        patience = {"connect_timeout": _PATIENCE}
        return create_engine(
            url, connect_args=patience, pool_pre_ping=True, pool_timeout=_PATIENCE, pool_size=10
        )
    engine = create_engine(url)
    event.listen(engine, "connect", _careful)
    return engine


def _careful(connection: SQLite, _: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY}"):
        connection.execute(f"PRAGMA {pragma}")
