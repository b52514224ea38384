"""Recording rules of an SLO: two raw reads of 5 minutes, and every longer window built from them.

Each window is weighted by events: the sum of bad over the sum of total, never a mean of ratios. Windows
up to an hour are tiled by non-overlapping 5-minute slices, and equal raw windows; longer ones are sums over the recorded
rates, to which the rate of now adds what they don't count yet, so that a failure is told as early as by raw windows.
``coverage`` counts the part of a window in which these rules did not run as average traffic without
errors, so that a new SLO's first bad minute is not taken for a bad hour.
"""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from slo import names
from slo.burnrate import SHORTEST
from slo.model import SLO, Platform, Service, aggregate, slo_id
from slo.promql import quoted
from slo.source import By, Composed, Own
from slo.units import duration, number
from slo.window import Calendar, phrase

_TILED = timedelta(hours=1)
_COARSE = timedelta(days=1)
_DAYS_STEP = timedelta(minutes=2)
_MINUTE = timedelta(minutes=1)
_SLICE = int(SHORTEST.total_seconds())
# A short demonstration evaluates faster than this, and wants its period figures sooner than every 5 minutes.
_BRISK = timedelta(seconds=30)
# An SLO has many groups, but one objective.
_JOIN = f"on ({names.SLO_ID}) group_left ()"


class Rule(NamedTuple):
    """A recording rule (``record``) or an alerting rule (``alert``)."""

    expr: str
    labels: dict[str, str]
    record: str = ""
    alert: str = ""
    hold: str = ""
    keep: str = ""
    annotations: dict[str, str] | None = None


class Group(NamedTuple):
    """Rules that Prometheus evaluates in order, so each sees what the ones above it recorded."""

    name: str
    interval: str
    rules: tuple[Rule, ...]

    def of(self, *more: Rule) -> "Group":
        """The group with more rules at its end."""
        return self._replace(rules=self.rules + more)


class Records(NamedTuple):
    """The groups of one SLO: its windows, those of days, its period, and its groups together; an empty one has no rules."""

    windows: Group
    days: Group
    period: Group
    whole: tuple[Group, ...] = ()

    @property
    def groups(self) -> list[Group]:
        """Those that have rules."""
        return [group for group in (self.windows, self.days, self.period, *self.whole) if group.rules]


def records(platform: Platform, service: Service, slo: SLO) -> Records:
    """The records of one SLO: windows of hours at every evaluation, of days and the period at slower steps."""
    every = platform.evaluation_interval
    brisk = every < _BRISK
    slow, days = (_BRISK, _BRISK) if brisk else (SHORTEST, _DAYS_STEP)
    # A colon is in no id, so no other SLO's group can have such a name.
    name = f"slo-{slo_id(service, slo)}"
    return Records(
        Group(name, duration(every), tuple(_window_rules(service, slo, every))),
        Group(f"{name}:days", duration(days), tuple(_day_rules(service, slo, every))),
        Group(f"{name}:period", duration(slow), tuple(_period_rules(service, slo, slow))),
        tuple(recording_groups(platform, service, aggregate(service, slo))) if slo.group_by else (),
    )


def recording_groups(platform: Platform, service: Service, slo: SLO) -> list[Group]:
    """The records of one SLO, in the order in which they read each other."""
    return records(platform, service, slo).groups


def id_labels(service: Service, slo: SLO) -> dict[str, str]:
    """Labels of every data series: ids only, so that a change of ownership keeps the history whole."""
    return {names.SLO_ID: slo_id(service, slo), names.SLO_SERVICE: service.name, names.SLO_NAME: slo.name}


def series(name: str, service: Service, slo: SLO, *, groups: bool = False) -> str:
    """A selector of one SLO's record; with ``groups``, of one group: ``%q`` stands for each label's value."""
    own_group = "".join(f",{label}=%q" for label in slo.group_by if groups)
    return f"{name}{{{names.SLO_ID}={quoted(slo_id(service, slo))}{own_group}}}"


def own(service: Service, slo: SLO) -> Own:
    """Selectors of an SLO's records of events."""
    return Own(*(series(n, service, slo) for n in (names.EVENTS_GOOD, names.EVENTS_BAD, names.EVENTS_TOTAL)))


def _window_rules(service: Service, slo: SLO, every: timedelta) -> Iterable[Rule]:
    labels = id_labels(service, slo)
    mine = own(service, slo)
    source = slo.sli.source(service.name)

    def record(name: str, expr: str, **extra: str) -> Rule:
        return Rule(record=name, expr=expr, labels=labels | extra)

    yield record(names.OBJECTIVE, f"vector({number(slo.objective / 100)})")
    yield record(names.ERROR_BUDGET, f"vector({number(slo.budget)})")
    yield record(names.PERIOD_DAYS, f"vector({slo.period.days})")
    yield record(
        names.INFO,
        "vector(1)",
        **service.labels
        | slo.labels
        | {
            "owner": service.owner,
            "tier": str(service.tier),
            "objective": number(slo.objective),
            "window": phrase(slo.window),
            "unit": slo.sli.unit,
        },
    )
    for name, expr in source.records(By(slo.group_by), mine):
        yield record(name, expr)
    yield record(names.ratio_rate(SHORTEST), f"{mine.bad} / ({mine.total} > 0)")
    # What keeps a vanished group's place in a window, recorded once as all of them read it.
    longest = max(w for w in slo.windows if w < _COARSE)
    yield record(names.EVENTS_ANCHOR, f"0 * last_over_time({mine.total}[{duration(longest)}])")
    for window in slo.windows:
        if window < _COARSE:
            yield record(names.ratio_rate(window), _window_ratio(service, slo, window, every))
    yield record(
        names.CURRENT_BURN_RATE, f"{series(names.ratio_rate(SHORTEST), service, slo)} / {number(slo.budget)}"
    )


def _day_rules(service: Service, slo: SLO, every: timedelta) -> Iterable[Rule]:
    """Windows of days move little within minutes, and cost the most."""
    labels = id_labels(service, slo)
    coarse = [window for window in slo.windows if window >= _COARSE]
    if coarse:
        total = own(service, slo).total
        span = f"[{duration(coarse[-1])}:{duration(SHORTEST)}]"
        yield Rule(record=names.EVENTS_ANCHOR_DAYS, expr=f"0 * last_over_time({total}{span})", labels=labels)
    for window in coarse:
        expr = _window_ratio(service, slo, window, every)
        yield Rule(record=names.ratio_rate(window), expr=expr, labels=labels)


def _period_rules(service: Service, slo: SLO, every: timedelta) -> Iterable[Rule]:
    if isinstance(slo.window, Calendar):
        # Prometheus has no months: the history store tells this period's figures.
        return
    labels = id_labels(service, slo)
    _, bad, total = own(service, slo)
    span = f"[{duration(slo.window)}:{duration(every)}]"
    ratio = names.ratio_rate(slo.window)
    coverage, spent = names.PERIOD_COVERAGE, names.PERIOD_SPENT
    steps = slo.window // every
    expressions = {
        ratio: _composed(service, slo, ratio)
        or f"sum_over_time({bad}{span}) / (sum_over_time({total}{span}) > 0)",
        coverage: f"clamp_max(count_over_time({series(names.OBJECTIVE, service, slo)}{span}) / {steps}, 1)",
        spent: f"{series(ratio, service, slo)} * {_JOIN} {series(coverage, service, slo)} / {number(slo.budget)}",
        names.PERIOD_REMAINING: f"1 - {series(spent, service, slo)}",
    }
    for name, expr in expressions.items():
        yield Rule(record=name, expr=expr, labels=labels)


def _window_ratio(service: Service, slo: SLO, window: timedelta, every: timedelta) -> str:
    if composed := _composed(service, slo, names.ratio_rate(window)):
        return composed
    _, bad, total = own(service, slo)
    # A series that vanished in mid-outage keeps its place in the sum: it adds 0, and is not gone.
    anchor = names.EVENTS_ANCHOR if window < _COARSE else names.EVENTS_ANCHOR_DAYS
    zero = series(anchor, service, slo)
    bads, totals = (_events(x, zero, window, every) for x in (bad, total))
    marks = f"count_over_time({series(names.OBJECTIVE, service, slo)}[{duration(window)}])"
    coverage = f"clamp_max({marks} / {window // every}, 1)"
    return f"({bads}) / (({totals}) > 0) * {_JOIN} {coverage}"


def _events(rate: str, zero: str, window: timedelta, every: timedelta) -> str:
    """The events of a window, in some unit, as a sum of rates over 5 minutes."""
    if window <= _TILED:
        offsets = [SHORTEST * k for k in range(window // SHORTEST)]
        return " + ".join(f"({rate}{f' offset {duration(o)}' if o else ''} or {zero})" for o in offsets)
    now = f"({rate} or {zero})"
    if window >= _COARSE:
        # Slices end at full 5 minutes; what has passed of the next is told by the rate of now.
        since = f"time() % {_SLICE} / {_SLICE}"
        return f"sum_over_time({rate}[{duration(window)}:{duration(SHORTEST)}]) + {since} * {now}"
    # A sum of overlapping rates counts the last 5 minutes by half: the rate of now counts for the other half.
    half = number(Decimal(_SLICE) / 2 / int(every.total_seconds()))
    return f"sum_over_time({rate}[{window // _MINUTE - 3}m30s]) + {half} * {now}"


def _composed(service: Service, slo: SLO, record: str) -> str | None:
    source = slo.sli.source(service.name)
    return source.window_ratio(record) if isinstance(source, Composed) else None
