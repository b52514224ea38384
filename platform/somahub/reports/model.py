"""A report as data; its JSON form is this model."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from slo.budget import budget
from slo.model import SLO, Platform, Service, slo_id
from slo.rules import own
from slo.tally import Read, tally
from slo.window import Span, phrase, span

_POINTS = 500  # of a burn-down: more than a screen shows


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Point(_Value):
    """What was left of a budget at a time."""

    at: datetime
    left: float


class Row(_Value):
    """One SLO over its window; fractions of 1, ``objective`` in percent, ``known`` in seconds.

    ``good``, ``bad`` and ``total`` are in ``unit``. A None is unknown, never zero.
    """

    slo_id: str
    service: str
    name: str
    description: str
    objective: float
    window: str
    unit: str
    good: float
    bad: float
    total: float
    sli: float | None
    known: float
    coverage: float
    budget_spent: float | None
    budget_left: float | None
    burn_down: tuple[Point, ...]


class Page(_Value):
    """A page that reached the pager; ``ended_at`` is None while it is firing."""

    slo_id: str
    alert: str
    severity: str
    summary: str
    started_at: datetime
    ended_at: datetime | None


class Report(_Value):
    """Every SLO of a platform at one time; ``pages`` is None where no pager was asked."""

    platform: str
    at: datetime
    slos: tuple[Row, ...]
    pages: tuple[Page, ...] | None


def report(
    platform: Platform, since: Callable[[datetime], Read], at: datetime, alerts: list[dict[str, Any]] | None
) -> Report:
    """Account for every SLO; ``since`` reads from a time up to now, ``alerts`` are rows of the pager's store."""
    windows = {slo_id(s, o): span(o.window, at) for s in platform.services for o in s.slos}
    rows = tuple(_row(s, o, windows[slo_id(s, o)], since) for s in platform.services for o in s.slos)
    pages = None if alerts is None else tuple(p for p in map(_page, alerts) if _within(p, windows, at))
    return Report(platform=platform.name, at=at, slos=rows, pages=pages)


def _within(page: Page, windows: Mapping[str, Span], at: datetime) -> bool:
    """Whether it was open at any time in its own SLO's window."""
    window = windows.get(page.slo_id)
    return window is not None and (page.ended_at or at) >= window.start and page.started_at <= at


def _row(service: Service, slo: SLO, window: Span, since: Callable[[datetime], Read]) -> Row:
    counted = tally(slo.sli.source(service.name), since(window.start), own(service, slo))
    account = budget(slo, counted, window.end - window.start)
    return Row(
        slo_id=slo_id(service, slo),
        service=service.name,
        name=slo.name,
        description=slo.description,
        objective=float(slo.objective),
        window=phrase(slo.window),
        unit=slo.sli.unit,
        good=counted.total - counted.bad,
        bad=counted.bad,
        total=counted.total,
        sli=account.sli,
        known=counted.known,
        coverage=account.coverage,
        budget_spent=account.spent,
        budget_left=account.left,
        burn_down=_thinned(account.burn_down),
    )


def _page(alert: dict[str, Any]) -> Page:
    labels = alert["labels"]
    return Page(
        slo_id=labels.get("slo_id", ""),
        alert=labels.get("alertname", ""),
        severity=labels.get("severity", ""),
        summary=alert["annotations"].get("summary", ""),
        started_at=alert["starts_at"],
        ended_at=alert["ends_at"],
    )


def _thinned(curve: tuple[tuple[float, float], ...]) -> tuple[Point, ...]:
    """At most ``_POINTS`` points and the last, evenly chosen: what is left at the end is exact."""
    step = max(1, -(-len(curve) // _POINTS))
    chosen = curve[::-1][::step][::-1]
    return tuple(Point(at=datetime.fromtimestamp(at, UTC), left=left) for at, left in chosen)
