"""The past of an SLO's records, so that a new SLO starts with a full window."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from collectors.api import Api
from slo import names
from slo.errors import SLOError
from slo.model import SLO, Platform, Service, slo_id
from slo.promql import quoted
from slo.rules import Group, recording_groups
from slo.sli import Composite
from slo.units import duration
from somahub.adoption.blocks import Bench
from somahub.adoption.moments import written
from somahub.adoption.passes import passes

# The newest hours are in the memory of a running Prometheus, beside which no block may be put.
HEAD = timedelta(hours=3)
_HOUR = timedelta(hours=1)


class Plan(NamedTuple):
    """What will be evaluated, from when to when; ``notes`` say what a person should know."""

    start: datetime
    end: datetime
    ids: tuple[str, ...]
    passes: tuple[tuple[Group, ...], ...]
    notes: tuple[str, ...]


def plan(platform: Platform, api: Api, start: datetime, end: datetime | None, now: datetime) -> Plan:
    """What to write for the SLOs whose rules have not run since ``start``.

    Raises ``SLOError`` when ``end`` is given and lies in the time of rules that run, or too near the present.
    """
    newest = now - HEAD
    if end and end > newest:
        raise SLOError(
            f"--to: expected {written(newest)} or earlier: the last 3 hours are in the memory of Prometheus; "
            "once the rules have run for 3 hours, their past joins up with them"
        )
    chosen = [(service, slo) for service in platform.services for slo in service.slos]
    if not chosen:
        raise SLOError(f"{platform.name}: declares no SLO")
    live = _live_since(api, start, now)
    notes = [
        f"{ident}: its rules have run since before {written(start)}; left out"
        for ident in (slo_id(*one) for one in chosen)
        if ident in live and live[ident] <= start + _HOUR
    ]
    chosen = [one for one in chosen if live.get(slo_id(*one), now) > start + _HOUR]
    if not chosen:
        raise SLOError(f"the rules of every SLO have run since before {written(start)}: nothing to write")
    for ident in (slo_id(*one) for one in chosen):
        if end and ident in live and end >= live[ident]:
            raise SLOError(
                f"--to: {ident}: its rules have run since {written(live[ident])}; expected an earlier time"
            )
    began = [live[slo_id(*one)] - platform.evaluation_interval for one in chosen if slo_id(*one) in live]
    last = end or min([newest, *began])
    if last <= start:
        raise SLOError(f"--from: expected a time before {written(last)}, got {written(start)}")
    interval = api.scrape_interval(last)
    if interval is None:
        notes.append("the server has no series 'up': its own outages can't be told from idle hours")
    groups = [g for one in chosen for g in recording_groups(platform, *one)]
    ids = tuple(slo_id(*one) for one in chosen)
    _check_parts(chosen, ids)
    notes += [
        f"{i}: its rules began {written(live[i])}, later than {written(last)}: the time between stays empty"
        for i in ids
        if i in live and live[i] - last > _HOUR
    ]
    first, *others = passes(groups)
    if interval:
        first = while_it_ran(first, interval)
    return Plan(start, last, ids, (first, *others), tuple(notes))


def write(made: Plan, url: str, out: Path, tell: Callable[[str], None]) -> int:
    """Evaluate the passes and write blocks below ``out``; how many is returned, and an empty past is an error."""
    if out.exists() and any(out.iterdir()):
        raise SLOError(f"--out: {out} is not empty: blocks of two runs would overlap")
    with TemporaryDirectory(prefix="slo-backfill-") as folder:
        bench = Bench(Path(folder))
        gather(bench, made.passes, url, (made.start, made.end), tell)
        written_blocks = bench.fold(out, made.start, made.end)
    if not written_blocks:
        raise SLOError(f"nothing was recorded: {url} has no data from {written(made.start)} on")
    return written_blocks


def gather(
    bench: Bench,
    ordered: Iterable[tuple[Group, ...]],
    url: str,
    span: tuple[datetime, datetime],
    tell: Callable[[str], None],
) -> None:
    """Evaluate passes in order: the first on ``url``, each other one on what those before it recorded."""
    every = list(ordered)
    for number, groups in enumerate(every):
        count = sum(len(group.rules) for group in groups)
        tell(f"pass {number + 1} of {len(every)}: {count} rules")
        if number == 0:
            bench.evaluate(groups, url, *span)
        else:
            with bench.serving() as gathered:
                bench.evaluate(groups, gathered, *span)


def while_it_ran(groups: tuple[Group, ...], interval: timedelta) -> tuple[Group, ...]:
    """Where no target was scraped, the server did not run, and would have evaluated nothing."""
    ran = f"and on () count(count_over_time(up[{duration(2 * interval)}]))"
    return tuple(
        group._replace(rules=tuple(r._replace(expr=f"({r.expr}) {ran}") for r in group.rules))
        for group in groups
    )


def _check_parts(chosen: list[tuple[Service, SLO]], ids: tuple[str, ...]) -> None:
    """A composite whose part is left out would be written as if the part never failed."""
    for service, slo in chosen:
        missing = [p for p in slo.sli.of if p not in ids] if isinstance(slo.sli, Composite) else []
        if missing:
            raise SLOError(
                f"{slo_id(service, slo)}: the past of its part {missing[0]} is not written here, as its rules "
                "run already; take a spec without the composite"
            )


def _live_since(api: Api, start: datetime, now: datetime) -> dict[str, datetime]:
    """The first evaluation of each SLO's rules that the server keeps since ``start``."""
    query = f"count_over_time({names.OBJECTIVE}[1h])"
    found: dict[str, datetime] = {}
    for answer in api.over(query, start, now, _HOUR) + api.at(query, now):
        ident, hour = answer.labels.get(names.SLO_ID, ""), answer.values[0][0]
        if not ident:
            continue
        first = datetime.fromtimestamp(hour, UTC)
        selector = f"{names.OBJECTIVE}{{{names.SLO_ID}={quoted(ident)}}}[1h]"
        times = [at for one in api.at(selector, first) for at, _ in one.values]
        at = datetime.fromtimestamp(min(times, default=hour), UTC)
        found[ident] = min(at, found.get(ident, at))
    return found
