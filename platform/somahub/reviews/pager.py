"""Incidents for a review, from the pager or from its database."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from alerts.paging.client import PagerClient
from alerts.paging.database import Database
from alerts.paging.incident import Incident
from alerts.paging.store import Incidents
from slo.errors import SLOError

_OPEN_FOR = timedelta(days=90)  # no incident of a period is older
_ALL = 1_000_000


def incidents(pager: str, token: str, since: datetime) -> list[Incident]:
    """Those that may have been open since a time; ``pager`` is its URL, or that of its database."""
    opened = since - _OPEN_FOR
    if pager.startswith(("http://", "https://")):
        with PagerClient(pager, token) as client:
            return client.incidents(since=opened)
    try:
        url = make_url(pager)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            raise SLOError(f"--pager: {url.database}: no such file")
        with closing(Database(pager)) as database, database.read() as connection:
            return Incidents(connection).find(since=opened, limit=_ALL)[::-1]
    except ArgumentError as error:
        raise SLOError(f"--pager: expected a URL of a pager or of its database, got {pager!r}") from error
    except SQLAlchemyError as error:
        raise SLOError(f"--pager: {str(error).splitlines()[0]}") from error
