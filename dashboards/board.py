"""A dashboard as a value: rows of panels, each with its queries. How Grafana writes it is ``dashboards.render``'s."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["stat", "timeseries", "heatmap", "table", "bargauge", "state-timeline", "text", "logs"]
Source = Literal["prometheus", "loki", "tempo"]

# Grafana's grid: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
COLUMNS = 24


class Query(NamedTuple):
    """Text in the language of its source. ``instant``: its value now, and not a series of them.

    ``legend`` names a series by its labels; in a table ``column`` names its value and ``unit`` is that value's own.
    """

    text: str
    legend: str = ""
    source: Source = "prometheus"
    instant: bool = False
    exemplars: bool = False
    colour: str = ""
    column: str = ""
    unit: str = ""
    dashed: bool = False


class Step(NamedTuple):
    """From ``value`` on (None: from the lowest), a colour."""

    value: float | None
    colour: str


class State(NamedTuple):
    """What a value is called, and its colour."""

    value: int
    text: str
    colour: str


class DataLink(NamedTuple):
    """Where a click on a value leads; in a table, on the values of ``column`` alone."""

    title: str
    url: str
    column: str = ""


class Panel(NamedTuple):
    """One panel; ``no_data`` says why it may be empty, ``labels`` are a table's columns: label to title.

    ``unproven``: all that it reads can't be seen where the platform runs on one machine.
    """

    kind: Kind
    title: str
    description: str
    unit: str
    queries: tuple[Query, ...] = ()
    width: int = 8
    height: int = 8
    no_data: str = "No samples in this time range"
    steps: tuple[Step, ...] = ()
    states: tuple[State, ...] = ()
    colours: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    sort: str = ""
    links: tuple[DataLink, ...] = ()
    stacked: bool = False
    least: float | None = None
    most: float | None = None
    text: str = ""
    unproven: bool = False

    @property
    def source(self) -> Source:
        """Where it reads from: all its queries are of one source."""
        return self.queries[0].source if self.queries else "prometheus"


class Row(NamedTuple):
    """A titled row of panels, laid out from the left; what doesn't fit goes below."""

    title: str
    panels: tuple[Panel, ...]


class Variable(NamedTuple):
    """A choice of the values of a label of a metric; ``text`` variables are typed in."""

    name: str
    label: str
    query: str
    many: bool = True


class Annotation(NamedTuple):
    """A mark on every graph wherever the query has a value."""

    name: str
    query: str
    title: str
    colour: str


class Board(NamedTuple):
    """A dashboard. ``uid`` stays when it is generated again; ``tags`` are what links between boards go by.

    ``service`` is whose it is; empty: all services'.
    """

    uid: str
    title: str
    description: str
    rows: tuple[Row, ...]
    tags: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    since: str = "now-6h"
    service: str = ""

    @property
    def panels(self) -> Iterator[Panel]:
        """All panels, row by row."""
        return (panel for row in self.rows for panel in row.panels)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources that its panels read from, Prometheus first."""
        found = {query.source for panel in self.panels for query in panel.queries}
        return tuple(s for s in ("prometheus", "loki", "tempo") if s in found or s == "prometheus")


class Place(NamedTuple):
    """A panel's rectangle on the grid."""

    x: int
    y: int
    w: int
    h: int


def layout(rows: tuple[Row, ...]) -> list[tuple[Row | Panel, Place]]:
    """Every row's head and panel with its place, from the top; no two overlap."""
    placed: list[tuple[Row | Panel, Place]] = []
    top = 0
    for row in rows:
        placed.append((row, Place(0, top, COLUMNS, 1)))
        top += 1
        left = tallest = 0
        for panel in row.panels:
            if left + panel.width > COLUMNS:
                left, top, tallest = 0, top + tallest, 0
            placed.append((panel, Place(left, top, panel.width, panel.height)))
            left, tallest = left + panel.width, max(tallest, panel.height)
        top += tallest
    return placed
