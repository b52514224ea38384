"""Where a backtest's history comes from, and what is replayed over it."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from collectors.api import Api
from collectors.ranges import Ask, asking
from slo.errors import SLOError
from slo.model import SLO, Platform, Service, slo_id
from slo.replay.engine import Case, Part, replay
from slo.replay.history import ALIGNED, Flags, Grid, History, Points, history, present
from slo.replay.outcome import Outcome
from slo.replay.queries import RUNNING, raw
from slo.replay.timing import timing
from slo.replay.windows import composed
from slo.source import Composed
from somahub.backtests.model import Backtest, Side, Unread
from somahub.backtests.openmetrics import served

_MINUTE = 60


class Question(NamedTuple):
    """What to replay, over which time; ``start`` None: ``days`` before the end. ``step`` in seconds."""

    sides: Sequence[tuple[str, Platform]]
    only: Sequence[str]
    start: datetime | None
    end: datetime | None
    days: int
    step: int


def make(question: Question, *, prometheus: str | None, openmetrics: Path | None) -> Backtest:
    """Ask a server, or a file that is served for as long as this takes."""
    if (prometheus is None) == (openmetrics is None):
        raise SLOError("expected either --prometheus URL or --openmetrics FILE")
    if _MINUTE % question.step:
        raise SLOError("--step: expected a whole part of a minute, such as 15s, 30s or 1m")
    chosen = [(name, list(_chosen(platform, question.only))) for name, platform in question.sides]
    if question.only:
        _check_known(question)
    with ExitStack() as stack:
        first: datetime | None = None
        if openmetrics is not None:
            file = stack.enter_context(served(openmetrics))
            url, source = file.url, str(openmetrics)
            first, last = (datetime.fromtimestamp(at, UTC) for at in (file.start, file.end))
        else:
            assert prometheus is not None  # noqa: S101 - checked above
            url = source = prometheus
            last = datetime.now(UTC)
        start, end = _span(question, first, last)
        periods = [slo.period for _, slos in chosen for _, slo in slos]
        grid = _grid(start - max(periods), end, question.step)
        api = Api(url)
        closed = not api.version().startswith("3.")
        ask = asking(api, grid.start, grid.end, question.step)
        reading = _Reading(grid, ask)
        sides = tuple(
            Side(name=name, outcomes=tuple(_outcomes(platform, slos, reading, start, closed=closed)))
            for (name, slos), (_, platform) in zip(chosen, question.sides, strict=True)
        )
    found = {one.slo_id for side in sides for one in side.outcomes}
    if not found:
        raise SLOError(f"{source}: nothing there that the SLIs read, from {start:%F %R} to {end:%F %R} UTC")
    asked = dict.fromkeys(slo_id(*one) for _, slos in chosen for one in slos)
    unread = [Unread(slo_id=i, reason="no data of what its SLI reads") for i in asked if i not in found]
    return Backtest(
        platform=question.sides[0][1].name,
        source=source,
        start=start,
        end=datetime.fromtimestamp(grid.end, UTC),
        step=question.step,
        sides=sides,
        unread=tuple(unread),
    )


class _Reading:
    """Histories of SLOs on a grid, each asked for when it is needed."""

    def __init__(self, grid: Grid, ask: Ask) -> None:
        self._grid, self._ask = grid, ask
        up = ask(RUNNING)
        self._running: Flags = present(grid, _points(up))
        if not up:
            self._running[:] = True

    def of(self, platform: Platform, service: Service, slo: SLO) -> History:
        """From the SLO's own raw series, or from those of its parts."""
        queries = raw(service, slo)
        if queries:
            return history(
                self._grid, _points(self._ask(queries.bad)), _points(self._ask(queries.total)), self._running
            )
        source = slo.sli.source(service.name)
        assert isinstance(source, Composed)  # noqa: S101 - what else has no queries of its own
        return composed(source, [one.history for one in self.parts(platform, source)])

    def parts(self, platform: Platform, source: Composed) -> list[Part]:
        """What a composite is made of."""
        known = {slo_id(s, o): (s, o) for s in platform.services for o in s.slos}
        return [
            Part(known[ident][1], self.of(platform, *known[ident]), float(weight))
            for ident, weight in source.parts
        ]


def _outcomes(
    platform: Platform,
    slos: Sequence[tuple[Service, SLO]],
    reading: _Reading,
    since: datetime,
    *,
    closed: bool,
) -> Iterator[Outcome]:
    for service, slo in slos:
        past = reading.of(platform, service, slo)
        if not past.ran[past.grid.step_at(since.timestamp()) :].any():
            continue
        source = slo.sli.source(service.name)
        weighed = isinstance(source, Composed) and source.mode == "weighted"
        parts = tuple(reading.parts(platform, source)) if isinstance(source, Composed) and weighed else ()
        clock = timing(platform, service, slo, closed=closed)
        yield from replay(Case(slo_id(service, slo), slo, past, clock, parts), since.timestamp())


def _chosen(platform: Platform, only: Sequence[str]) -> Iterator[tuple[Service, SLO]]:
    for service in platform.services:
        yield from ((service, slo) for slo in service.slos if not only or slo_id(service, slo) in only)


def _check_known(question: Question) -> None:
    known = [slo_id(s, o) for _, platform in question.sides for s in platform.services for o in s.slos]
    for ident in question.only:
        if ident not in known:
            near = get_close_matches(ident, known, 1)
            meant = f"did you mean {near[0]}?" if near else f"there are: {', '.join(dict.fromkeys(known))}"
            raise SLOError(f"--slo: no SLO {ident!r}; {meant}")


def _span(question: Question, first: datetime | None, last: datetime) -> tuple[datetime, datetime]:
    end = question.end or last
    start = question.start or end - timedelta(days=question.days)
    if first and not question.start:
        start = max(start, first)
    if start >= end:
        raise SLOError(f"--from {start:%F %R} is not before --to {end:%F %R} (UTC)")
    return start, end


def _grid(start: datetime, end: datetime, step: int) -> Grid:
    begin = int(start.timestamp()) // ALIGNED * ALIGNED
    return Grid(begin, step, (int(end.timestamp()) - begin) // step + 1)


def _points(found: Sequence[tuple[dict[str, str], list[float], list[float]]]) -> list[Points]:
    return [Points(*one) for one in found]
