"""What is told of a budget that is discussed: its row, and what else of a review is about it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup

from somahub.reviews import charts, svg, words
from somahub.reviews.incidents import Cost, Incident
from somahub.reviews.model import Exclusion, Period, Review, Row

_TICKS = 8


class Paid(NamedTuple):
    """An incident, and what it cost a budget; None where it isn't told."""

    incident: Incident
    cost: Cost | None


class Talk(NamedTuple):
    """A row with its incidents and exclusions, and its charts: drawn, and as figures."""

    row: Row
    paid: tuple[Paid, ...]
    exclusions: tuple[Exclusion, ...]
    burn_down: Markup | None
    months: Markup
    figures: Mapping[str, Any]


def talk(row: Row, review: Review) -> Talk:
    """Everything on one row."""
    numbered = {one.number: one for one in review.incidents or ()}
    paid = tuple(Paid(numbered[number], _cost(numbered[number], row)) for number in row.incidents)
    spans = list(_spans(paid, review.period))
    name = words.named(row)
    return Talk(
        row,
        paid,
        tuple(one for one in review.exclusions if not one.services or row.service in one.services)
        if row.completeness.excluded
        else (),
        _burn_down(row, review.period, spans, f"Error budget left of {name}"),
        svg.months(
            [(_month(month.month), month.adjusted.spent) for month in row.months],
            f"Error budget spent of {name} by month",
        ),
        charts.figures(row, review.period, spans),
    )


def _cost(incident: Incident, row: Row) -> Cost | None:
    return next((c for c in incident.costs if words.key(c) == words.key(row)), None)


def _spans(paid: tuple[Paid, ...], period: Period) -> Iterator[charts.Span]:
    for incident, cost in paid:
        start, end = (cost.start, cost.end) if cost else (incident.opened, incident.resolved or period.at)
        yield max(start, period.start), min(end, period.at), f"{incident.number}: {incident.title}"


def _burn_down(row: Row, period: Period, spans: list[charts.Span], title: str) -> Markup | None:
    if row.burn_down is None:
        return None
    curve, start, at = row.burn_down, period.start.timestamp(), period.at.timestamp()

    def points(lefts: tuple[float, ...]) -> svg.Points:
        return [(min(start + curve.step * (k + 1), at), left) for k, left in enumerate(lefts)]

    drawn = svg.Curve(
        start,
        period.end.timestamp(),
        points(curve.adjusted),
        () if curve.raw == curve.adjusted else points(curve.raw),
        [(a.timestamp(), b.timestamp()) for a, b, _ in spans],
        list(_ticks(period)),
    )
    return svg.burn_down(drawn, title)


def _ticks(period: Period) -> Iterator[tuple[float, str]]:
    """Some midnights of the period's zone, with their dates."""
    zone = ZoneInfo(period.zone)
    first, last = (at.astimezone(zone).date() for at in (period.start, period.end))
    every = max(1, round((last - first).days / _TICKS))
    for day in range(0, (last - first).days, every):
        date = first + timedelta(days=day)
        yield datetime(date.year, date.month, date.day, tzinfo=zone).timestamp(), f"{date.day} {date:%b}"


def _month(name: str) -> str:
    """``2026-10`` as ``Oct``; the first of a year with it."""
    date = datetime.strptime(name, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    return f"{date:%b}"
