"""The page: every board with its panels on the grid, drawn when it is looked at."""

from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from dashboards import Board
from somahub.preview.charts import chart
from somahub.preview.data import Answered, Moment
from somahub.preview.tables import figures, table
from somahub.vega import bundle, data

Rows = list[tuple[str, list[Answered]]]


class Shown(NamedTuple):
    """A board with its rows of panels."""

    board: Board
    rows: Rows


def page(platform: str, boards: list[Shown], at: Moment) -> str:
    """The page as HTML that needs nothing else."""
    environment = Environment(
        loader=PackageLoader("somahub.preview", "."), autoescape=True, undefined=StrictUndefined
    )
    environment.filters.update(figures=figures, table=table)
    return environment.get_template("page.html.j2").render(
        platform=platform,
        boards=boards,
        at=at,
        specs=data(_specs(boards, at)),
        bundle=bundle(),
    )


def _specs(boards: list[Shown], at: Moment) -> dict[str, list[list[dict[str, Any] | None]]]:
    """Charts by board, row and panel."""
    return {one.board.uid: [[chart(panel, at) for panel in row] for _, row in one.rows] for one in boards}
