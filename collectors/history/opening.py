"""The store that a URL names."""

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from collectors.history.errors import HistoryError
from collectors.history.sql import SQLStore
from collectors.history.store import Store

_CLICKHOUSE = ("clickhouse", "clickhouses", "chdb")


def open_store(url: str) -> Store:
    """SQLite, PostgreSQL, a ClickHouse server or one in this process (chdb); ``HistoryError`` where it can't be had."""
    try:
        scheme = make_url(url).drivername
    except ArgumentError as error:
        raise HistoryError("a store", "expected a URL such as sqlite:///history.db") from error
    if scheme not in _CLICKHOUSE:
        return SQLStore(url)
    try:
        # Only who keeps the history there needs it.
        from collectors.history.clickhouse import ClickHouseStore  # noqa: PLC0415

        return ClickHouseStore(url)
    except ImportError as error:
        extra = "chdb" if scheme == "chdb" else "clickhouse"
        raise HistoryError(scheme, f"it needs: pip install 'soma-slo[{extra}]'") from error
