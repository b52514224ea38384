"""From a spec and a Prometheus to the page, and what of it is empty."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from collectors.api import Api
from dashboards import all_boards
from slo import names
from slo.model import Platform
from somahub.preview.data import Answered, Moment, answered
from somahub.preview.page import Shown

# Grafana's own $__rate_interval: four scrapes, so that one that fails leaves no gap.
_SCRAPES = 4


class Preview(NamedTuple):
    """Boards with what a Prometheus answered."""

    boards: list[Shown]
    at: Moment

    @property
    def panels(self) -> Iterator[tuple[str, Answered]]:
        """Panels that a Prometheus has data for, or should, by the title of their board."""
        return (
            (one.board.title, panel)
            for one in self.boards
            for _, row in one.rows
            for panel in row
            if panel.panel.queries and not panel.elsewhere
        )


def preview(platform: Platform, url: str, last: timedelta, slo: str = "") -> Preview:
    """Ask a Prometheus every query of every board, as it is now; ``slo`` is the one that SLO detail shows."""
    api = Api(url)
    end = datetime.now(UTC)
    every = dict.fromkeys(("team", "tier", "service"), ".*")
    at = Moment(
        end - last,
        end,
        {**every, "slo_id": slo or _worst(api, end), "trace_id": "", "search": ""},
        platform.scrape_interval * _SCRAPES,
    )
    return Preview([Shown(board, list(answered(board, api, at))) for board in all_boards(platform)], at)


def _worst(api: Api, end: datetime) -> str:
    """The SLO with least budget left, as it has most to show; else any."""
    for query in (f"bottomk(1, {names.PERIOD_REMAINING})", f"topk(1, {names.INFO})"):
        for one in api.at(query, end):
            return one.labels.get(names.SLO_ID, "")
    return ""
