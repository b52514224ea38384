"""Where a report's numbers come from, and the forms in which it is written."""

from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import httpx

from collectors.prometheus import reader
from slo.errors import SLOError
from slo.model import Platform
from somahub.reports.model import Report, Row, report
from somahub.reports.page import measured, page, percent, sli

Format = Literal["html", "json"]


def make(platform: Platform, *, prometheus: str | None, pager: str | None, state: Path) -> Report:
    """Read a server, or what ``slo up`` keeps in ``state``; the report's time is now."""
    with ExitStack() as stack:
        if prometheus is None:
            # Only this needs what runs the stack.
            from somahub.stack.kept import serving  # noqa: PLC0415

            url = stack.enter_context(serving(state))
            alerts = _told(pager) if pager else _stored(state)
        else:
            url, alerts = prometheus, _told(pager) if pager else None
        at = datetime.now(UTC)
        return report(platform, cache(lambda start: reader(url, start, at)), at, alerts)


def render(result: Report, form: Format) -> str:
    """The text of a file."""
    return page(result) if form == "html" else result.model_dump_json(indent=2) + "\n"


def summary(row: Row) -> str:
    """One SLO in one line."""
    return (
        f"{row.slo_id}: SLI {sli(row)} (objective {row.objective:g} %), bad {row.bad:,.0f} of {row.total:,.0f} "
        f"{row.unit}, budget left {percent(row.budget_left)}, measured {measured(row)}"
    )


def _stored(state: Path) -> list[dict[str, Any]] | None:
    database = state / "pager.db"
    if not database.is_file():
        return None
    from alerts.paging.database import Database  # noqa: PLC0415
    from alerts.paging.store import Alerts  # noqa: PLC0415

    with Database(f"sqlite:///{database}").read() as connection:
        return Alerts(connection).all()


def _told(pager: str) -> list[dict[str, Any]]:
    try:
        answer = httpx.get(f"{pager}/pages", timeout=30).raise_for_status().json()
    except httpx.HTTPError as error:
        raise SLOError(f"pager at {pager}: {error}") from error
    except ValueError as error:
        raise SLOError(f"pager at {pager}: the answer is not that of the pager") from error
    return list(answer)
