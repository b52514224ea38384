"""What a Prometheus answers to every query of every panel."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from math import isfinite
from typing import NamedTuple

from collectors.api import Answer, Api
from collectors.prometheus import PrometheusError
from dashboards import Board, Panel, Query, filled
from slo.units import duration

_POINTS = 150
_FIELD = re.compile(r"\{\{\s*(\w+)\s*\}\}")
Points = tuple[tuple[float, float], ...]


class Line(NamedTuple):
    """One series: what it is called, its labels, and (seconds since the epoch, value) pairs."""

    name: str
    labels: Mapping[str, str]
    points: Points

    @property
    def last(self) -> float:
        """Its latest value."""
        return self.points[-1][1]


class Answered(NamedTuple):
    """A panel with the series of each of its queries; ``error`` is why a query got none."""

    panel: Panel
    lines: tuple[tuple[Query, tuple[Line, ...]], ...] = ()
    error: str = ""

    @property
    def empty(self) -> bool:
        """Whether it would show nothing."""
        return not any(lines for _, lines in self.lines)

    @property
    def elsewhere(self) -> bool:
        """Whether it reads logs or traces, which no Prometheus has."""
        return self.panel.source != "prometheus"


class Moment(NamedTuple):
    """The time that is shown, and the choices that would be made on top of the boards."""

    start: datetime
    end: datetime
    choices: Mapping[str, str]
    rate: timedelta = timedelta(minutes=1)

    @property
    def step(self) -> timedelta:
        """Between two points of a graph."""
        return max(timedelta(seconds=1), (self.end - self.start) / _POINTS)


def answered(board: Board, api: Api, at: Moment) -> Iterator[tuple[str, list[Answered]]]:
    """Each row of a board: its title and its panels. A query that is refused is told in its panel."""
    for row in board.rows:
        yield row.title, [_panel(panel, api, at) for panel in row.panels]


def _panel(panel: Panel, api: Api, at: Moment) -> Answered:
    if panel.source != "prometheus":
        return Answered(panel)
    try:
        lines = tuple((query, tuple(_lines(panel, query, api, at))) for query in panel.queries)
    except PrometheusError as error:
        return Answered(panel, error=error.reason)
    return Answered(panel, lines)


def _lines(panel: Panel, query: Query, api: Api, at: Moment) -> Iterator[Line]:
    text = filled(query.text, at.choices, duration(max(at.rate, at.step)))
    now = query.instant or panel.kind in {"stat", "bargauge", "table"}
    found = api.at(text, at.end) if now else api.over(text, at.start, at.end, at.step)
    for one in found:
        points = tuple((when, value) for when, value in one.values if isfinite(value))
        if points:
            yield Line(_name(query, one), one.labels, points)


def _name(query: Query, one: Answer) -> str:
    if query.legend:
        return _FIELD.sub(lambda m: one.labels.get(m[1], ""), query.legend).strip() or "value"
    told = {name: value for name, value in one.labels.items() if not name.startswith("__")}
    # Of an SLO's groups, what tells them apart; of an SLO without groups, its id.
    own = [value for name, value in told.items() if not name.startswith("slo_")]
    return ", ".join(own) or told.get("slo_id") or "value"
