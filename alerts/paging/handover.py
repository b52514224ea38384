"""The hand-over of a shift: what paged, what is left to do, what was noise, and what comes."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from alerts.paging.incident import Incident, Status
from alerts.paging.messages.words import length, moment, plain
from alerts.paging.turns import Shift

# Whoever wakes up for it finds it gone.
_BRIEF = timedelta(minutes=5)


class Coming(NamedTuple):
    """Something the next person should know of, such as maintenance."""

    start: datetime
    end: datetime
    what: str


class Handover(NamedTuple):
    """Incidents oldest first; ``noise`` is the part of ``pages`` that nobody could act on, with the reason.

    ``budgets`` are lines on the state of error budgets, as they are given.
    """

    rotation: str
    shift: Shift
    pages: tuple[Incident, ...]
    tickets: tuple[Incident, ...]
    open: tuple[Incident, ...]
    noise: tuple[tuple[Incident, str], ...]
    acknowledged_after: timedelta | None  # the median
    coming: tuple[Coming, ...] = ()
    budgets: tuple[str, ...] = ()


def handover(
    rotation: str,
    shift: Shift,
    incidents: Iterable[Incident],
    coming: Iterable[Coming] = (),
    budgets: Sequence[str] = (),
) -> Handover:
    """Of all incidents, those of the shift and those that are still open; tests are left out."""
    known = sorted((i for i in incidents if not i.test), key=lambda i: (i.created, i.number))
    mine = [i for i in known if shift.start <= i.created < shift.end]
    pages = tuple(i for i in mine if i.severity == "page")
    taken = [i.acknowledged - i.created for i in pages if i.acknowledged]
    return Handover(
        rotation=rotation,
        shift=shift,
        pages=pages,
        tickets=tuple(i for i in mine if i.severity == "ticket"),
        open=tuple(i for i in known if i.status is not Status.RESOLVED),
        noise=tuple((i, why) for i in pages if (why := _noise(i))),
        acknowledged_after=timedelta(seconds=median(t.total_seconds() for t in taken)) if taken else None,
        coming=tuple(sorted(coming)),
        budgets=tuple(budgets),
    )


def markdown(told: Handover, zone: str) -> str:
    """The report for a wiki or a ticket."""
    marks = str.maketrans({mark: f"\\{mark}" for mark in "\\`*[]<>|"})
    return _render(
        told, zone, heading="## {}", item="- {}", title="# {}", safe=lambda line: line.translate(marks)
    )


def text(told: Handover, zone: str) -> str:
    """The report for a terminal."""
    return _render(told, zone, heading="{}", item="  {}", title="{}", safe=str)


def _render(  # noqa: PLR0913 - what a format consists of
    told: Handover, zone: str, *, title: str, heading: str, item: str, safe: Callable[[str], str]
) -> str:
    span = f"{moment(told.shift.start, zone)} to {moment(told.shift.end, zone)}"
    parts = [
        title.format(f"Hand-over of {told.rotation} by {told.shift.person}"),
        f"{span}. {_figures(told)}",
    ]
    sections = {
        "Still open": [_line(i, zone, _state(i, zone)) for i in told.open],
        "Paged": [_line(i, zone, _outcome(i)) for i in told.pages],
        "Noise": [_line(i, zone, why) for i, why in told.noise],
        "Tickets": [_line(i, zone, _outcome(i)) for i in told.tickets],
        "Coming": [f"{moment(c.start, zone)} to {moment(c.end, zone)}: {plain(c.what)}" for c in told.coming],
        "Error budgets": [plain(budget) for budget in told.budgets],
    }
    for name, lines in sections.items():
        if lines:
            parts.append("\n".join([heading.format(name), "", *(item.format(safe(line)) for line in lines)]))
    if not told.open:
        parts.insert(2, "Nothing is open.")
    return "\n\n".join(parts) + "\n"


def _figures(told: Handover) -> str:
    pages, noise = len(told.pages), len(told.noise)
    said = f"{pages} {'page' if pages == 1 else 'pages'}"
    if noise:
        said += f", {noise} of them noise"
    if told.acknowledged_after is not None:
        said += f"; half were acknowledged within {length(told.acknowledged_after)}"
    return f"{said}."


def _line(incident: Incident, zone: str, more: str) -> str:
    return f"#{incident.number} {incident.priority} {moment(incident.created, zone)} {plain(incident.title)}: {more}"


def _state(incident: Incident, zone: str) -> str:
    if incident.status is Status.SNOOZED and incident.snoozed_until:
        return f"snoozed until {moment(incident.snoozed_until, zone)}"
    if incident.status is Status.ACKNOWLEDGED:
        return f"{plain(incident.acknowledged_by)} works on it"
    return "nobody works on it"


def _outcome(incident: Incident) -> str:
    if incident.resolved is None:
        return "open"
    by = "" if incident.resolved_by in ("", "pager") else f" by {plain(incident.resolved_by)}"
    return f"resolved{by} after {length(incident.resolved - incident.created)}"


def _noise(incident: Incident) -> str:
    """Why nobody could act on a page; empty for one that was worth it."""
    if incident.reopened:
        return f"came back {incident.reopened} {'time' if incident.reopened == 1 else 'times'}"
    if incident.acknowledged or incident.resolved is None or incident.resolved_by != "pager":
        return ""
    lasted = incident.resolved - incident.created
    return f"gone by itself after {length(lasted)}" if lasted < _BRIEF else ""
