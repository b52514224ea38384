"""The store that a URL names."""

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from collectors.history.errors import HistoryError
from collectors.history.sql import SQLStore
from collectors.history.store import Store

_CLICKHOUSE = ("clickhouse", "clickhouses", "chdb")


def open_store(url: str) -> Store:
    """SQLite, PostgreSQL, a ClickHouse server or one in this process (chdb); ``HistoryError`` where it can't be had."""
    parsed = _parsed(url)
    if parsed.drivername == "postgresql":
        # The driver that we bring; SQLAlchemy would look for another.
        return SQLStore(parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False))
    if parsed.drivername not in _CLICKHOUSE:
        return SQLStore(url)
    try:
        # Only who keeps the history there needs it.
        from collectors.history.clickhouse import ClickHouseStore  # noqa: PLC0415

        return ClickHouseStore(url)
    except ImportError as error:
        extra = "chdb" if parsed.drivername == "chdb" else "clickhouse"
        raise HistoryError(parsed.drivername, f"it needs: pip install 'soma-slo[{extra}]'") from error


def open_kept(url: str) -> Store:
    """The same where something is to be read: a file that is not there is no empty history."""
    parsed = _parsed(url)
    if parsed.drivername == "chdb" or parsed.get_backend_name() == "sqlite":
        # Of a URL such as chdb:///folder, a folder's path begins with its last slash.
        place = f"{'/' if parsed.drivername == 'chdb' else ''}{parsed.database or ''}"
        if not Path(place).exists():
            raise HistoryError(place, "no such history; slo collect makes one")
    return open_store(url)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise HistoryError("a store", "expected a URL such as sqlite:///history.db") from error
