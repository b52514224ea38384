"""The shapes of panels: what is the same in all graphs, figures, bars and timelines is said here."""

from collections.abc import Callable
from typing import TypedDict, Unpack

from dashboards import palette
from dashboards.board import DataLink, Panel, Query, State, Step

_QUANTILES = (("0.5", "P50", palette.SKY), ("0.95", "P95", palette.BLUE), ("0.99", "P99", palette.PURPLE))


class Looks(TypedDict, total=False):
    """What differs from a shape's own; see ``Panel``."""

    width: int
    no_data: str
    steps: tuple[Step, ...]
    colours: tuple[tuple[str, str], ...]
    links: tuple[DataLink, ...]
    stacked: bool
    most: float
    unproven: bool


def line(text: str, legend: str, colour: str = "", *, dashed: bool = False) -> Query:
    """One line of a graph, or as many as its query has series."""
    return Query(text, legend, colour=colour, dashed=dashed)


def quantiles(ask: Callable[[str], str], *, exemplars: bool = False) -> tuple[Query, ...]:
    """P50, P95 and P99 of what ``ask`` says for a quantile; exemplars belong to the highest."""
    return tuple(
        Query(ask(of), name, exemplars=exemplars and name == "P99", colour=colour)
        for of, name, colour in _QUANTILES
    )


def graph(
    title: str,
    about: str,
    unit: str,
    *lines: Query,
    height: int = 8,
    least: float | None = 0,
    **looks: Unpack[Looks],
) -> Panel:
    """Lines over time, from 0."""
    return Panel("timeseries", title, about, unit, lines, height=height, least=least, **looks)


def figure(
    title: str, about: str, unit: str, *values: Query, height: int = 4, **looks: Unpack[Looks]
) -> Panel:
    """A number, or a few."""
    return Panel("stat", title, about, unit, values, height=height, **looks)


def bars(  # noqa: PLR0913 - a query is two of them
    title: str, about: str, unit: str, text: str, legend: str, *, height: int = 8, **looks: Unpack[Looks]
) -> Panel:
    """A bar for each series as it is now, from 0."""
    query = Query(text, legend, instant=True)
    return Panel("bargauge", title, about, unit, (query,), height=height, least=0, **looks)


def timeline(  # noqa: PLR0913 - a query is two of them
    title: str,
    about: str,
    text: str,
    legend: str,
    states: tuple[State, ...],
    *,
    height: int = 8,
    **looks: Unpack[Looks],
) -> Panel:
    """What state each series is in, over time."""
    return Panel(
        "state-timeline", title, about, "none", (Query(text, legend),), height=height, states=states, **looks
    )
