"""Figures and tables as text."""

from typing import NamedTuple

from dashboards import Panel, Query
from somahub.preview.data import Answered
from somahub.preview.words import said

_LAST_FEW = 60


class Cell(NamedTuple):
    """A text and its colour, if it has one."""

    text: str
    colour: str = ""


class Table(NamedTuple):
    """Titles of columns, and rows of cells."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def figures(one: Answered) -> list[tuple[str, Cell]]:
    """Name and value of each series of a stat."""
    return [
        (line.name, Cell(said(line.last, one.panel.unit), colour(one.panel, line.last)))
        for _, lines in one.lines
        for line in lines
    ]


def table(one: Answered) -> Table:
    """The rows of a table: joined by its first label, sorted as it says."""
    key = one.panel.labels[0][0]
    rows: dict[tuple[str, ...], dict[str, float]] = {}
    names: dict[str, dict[str, str]] = {}
    joined = len(one.lines) > 1
    for query, lines in one.lines:
        for line in lines:
            ident = (line.labels.get(key, ""),) if joined else tuple(sorted(line.labels.values()))
            rows.setdefault(ident, {})[query.column] = line.last
            names.setdefault("\0".join(ident), {}).update(line.labels)
    columns = [query for query, _ in one.lines if query.column]
    first, *others = one.panel.labels
    head = (first[1], *(query.column for query in columns), *(title for _, title in others))

    def cells(ident: tuple[str, ...], values: dict[str, float]) -> tuple[Cell, ...]:
        told = names["\0".join(ident)]
        return (
            Cell(told.get(key, "")),
            *(_cell(one.panel, query, values.get(query.column)) for query in columns),
            *(Cell(told.get(label, "")) for label, _ in others),
        )

    order = sorted(rows, key=lambda ident: (rows[ident].get(one.panel.sort, float("inf")), ident))
    return Table(head, tuple(cells(ident, rows[ident]) for ident in order[:_LAST_FEW]))


def colour(panel: Panel, value: float) -> str:
    """The colour of the last step that a value reaches."""
    found = [step.colour for step in panel.steps if step.value is None or value >= step.value]
    return found[-1] if found else ""


def _cell(panel: Panel, query: Query, value: float | None) -> Cell:
    if value is None:
        return Cell("")
    return Cell(said(value, query.unit), colour(panel, value) if query.column == panel.sort else "")
