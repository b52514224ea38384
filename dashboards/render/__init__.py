"""A board in Grafana's classic schema, built of the types of grafana-foundation-sdk.

https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
"""

import json
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as d

from dashboards import links
from dashboards.board import Board, Row, layout
from dashboards.render.panel import grafana_panel, grid
from dashboards.render.top import annotations, variables
from slo.rulefile import MARK

_REFRESH = "1m"


def body(board: Board) -> dict[str, Any]:
    """The board as Grafana's own JSON has it."""
    found = d.Dashboard(
        uid=board.uid,
        title=board.title,
        description=f"{board.description} {MARK}",
        tags=sorted({"slo", *board.tags}),
        timezone="browser",
        editable=False,
        graph_tooltip=d.DashboardCursorSync.CROSSHAIR,
        time=d.DashboardDashboardTime(from_val=board.since, to="now"),
        refresh=_REFRESH,
        panels=_panels(board),
        templating=d.DashboardDashboardTemplating(list_val=variables(board)),
        annotations=annotations(board),
        links=_links(),
    )
    plain: dict[str, Any] = json.loads(json.dumps(found, cls=JSONEncoder))
    return plain


def _panels(board: Board) -> list[d.Panel | d.RowPanel]:
    return [
        d.RowPanel(title=one.title, grid_pos=grid(place), id_val=number)
        if isinstance(one, Row)
        else grafana_panel(one, place, number)
        for number, (one, place) in enumerate(layout(board.rows), start=1)
    ]


def _links() -> list[d.DashboardLink]:
    """To the other boards, with the time and the choices that are made here."""
    return [
        d.DashboardLink(
            title=title,
            type_val=d.DashboardLinkType.DASHBOARDS,
            icon="external link",
            tooltip=f"{title}, with this time and these choices",
            url="",
            tags=[tag],
            as_dropdown=True,
            include_vars=True,
            keep_time=True,
        )
        for title, tag in (("Boards", links.MAIN), ("Services", links.SERVICE))
    ]
