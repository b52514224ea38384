"""Rules that every board keeps: those of grafana/dashboard-linter, and of ours.

Source of the names: grafana/dashboard-linter, ``docs/rules``. Left out, with the reason:

    template-job-rule, template-instance-rule    a panel reads the job that declares its metric, and all instances
    target-job-rule, target-instance-rule        likewise
    uneditable-dashboard-rule                    kept: what is changed in the browser would be lost
"""

import re
from collections.abc import Collection, Iterator
from itertools import combinations
from typing import NamedTuple

from dashboards.board import COLUMNS, Board, Panel, Place, Row, layout
from dashboards.variables import filled
from slo.errors import InvalidPromQLError
from slo.lint.tree import RATES, call, children
from slo.promql import parse

_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_TALLEST = 16
_NARROWEST = 4
_RATES = re.compile(r"\brate\([^\[\]]*\[([^\]]+)\]")


class Fault(NamedTuple):
    """A rule that a board or a panel breaks."""

    rule: str
    where: str
    why: str


def faults(board: Board, gauges: Collection[str] = ()) -> Iterator[Fault]:
    """What is wrong with a board; ``gauges`` are those whose names end as a counter's does."""
    for rule, why in _board(board):
        yield Fault(rule, board.title, why)
    for panel in board.panels:
        where = f"{board.title} / {panel.title}"
        for rule, why in (*_panel(panel), *_queries(panel, gauges)):
            yield Fault(rule, where, why)
    yield from _overlaps(board)


def _board(board: Board) -> Iterator[tuple[str, str]]:
    if not _UID.fullmatch(board.uid):
        yield "uid", f"{board.uid!r} is no uid that Grafana takes"
    if not board.description:
        yield "description", "it says not what it is for"
    named = [variable.name for variable in board.variables]
    if len(named) != len(set(named)):
        yield "variables", "two have one name"
    used = set(re.findall(r"\$\{?([a-z]\w*)", " ".join(q.text for p in board.panels for q in p.queries)))
    unknown = used - set(named)
    if unknown:
        yield "variables", f"queries use {', '.join(sorted(unknown))}, which nobody can choose"
    titles = [row.title for row in board.rows]
    if len(titles) != len(set(titles)):
        yield "rows", "two have one title"


def _panel(panel: Panel) -> Iterator[tuple[str, str]]:
    if not panel.title or not panel.description:
        yield "panel-title-description-rule", "it lacks a title or a description"
    if not panel.unit:
        yield "panel-units-rule", "it has no unit"
    if not panel.queries and panel.kind != "text":
        yield "panel-no-targets-rule", "it asks nothing"
    if len({query.source for query in panel.queries}) > 1:
        yield "panel-datasource-rule", "its queries are of several sources"
    if not panel.no_data:
        yield "no-data", "it says not why it may be empty"
    if not _NARROWEST <= panel.width <= COLUMNS or not _NARROWEST <= panel.height <= _TALLEST:
        yield "size", f"{panel.width} wide and {panel.height} high"


def _queries(panel: Panel, gauges: Collection[str]) -> Iterator[tuple[str, str]]:
    for query in panel.queries:
        if query.source != "prometheus":
            continue
        try:
            tree = parse(filled(query.text))
        except InvalidPromQLError as error:
            yield "target-promql-rule", str(error)
            continue
        if set(_RATES.findall(query.text)) - {"$__rate_interval"}:
            yield (
                "target-rate-interval-rule",
                f"a rate over something else than $__rate_interval: {query.text}",
            )
        if any(metric.endswith("_total") and metric not in gauges for metric in _bare(tree)):
            yield "target-counter-agg-rule", f"a counter as it is: {query.text}"


def _bare(node: object, *, within: bool = False) -> Iterator[str]:
    """Metrics that are read outside of a rate."""
    inside = within or call(node) in RATES | {"predict_linear", "changes"}
    name = getattr(node, "name", None)
    if isinstance(name, str) and not inside and type(node).__name__ == "VectorSelector":
        yield name
    for child in children(node):
        yield from _bare(child, within=inside)


def _overlaps(board: Board) -> Iterator[Fault]:
    placed = layout(board.rows)
    for (one, here), (other, there) in combinations(placed, 2):
        if _meet(here, there):
            yield Fault("overlap", board.title, f"{_title(one)} and {_title(other)}")


def _meet(one: Place, other: Place) -> bool:
    beside = one.x + one.w <= other.x or other.x + other.w <= one.x
    return not (beside or one.y + one.h <= other.y or other.y + other.h <= one.y)


def _title(one: Row | Panel) -> str:
    return one.title
