"""Recording rules of an SLO: two raw reads of 5 minutes, and every longer window built from them (``slo.ratios``).

``coverage`` counts the part of a window in which these rules did not run as average traffic without
errors, so that a new SLO's first bad minute is not taken for a bad hour.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from slo import names, ratios
from slo.burnrate import SHORTEST
from slo.model import SLO, Platform, Service, aggregate, slo_id
from slo.promql import quoted
from slo.ratios import DAY, HALF_HOUR, JOIN, Pair, Read
from slo.source import By, Composed, Own
from slo.units import duration, number
from slo.window import Calendar, phrase

_DAYS_STEP = timedelta(minutes=2)
# A short demonstration evaluates faster than this, and wants its period figures sooner than every 5 minutes.
_BRISK = timedelta(seconds=30)
_HALF_HOURS = names.EVENTS_BAD_HALF_HOUR, names.EVENTS_TOTAL_HALF_HOUR
_PERIOD = names.EVENTS_BAD_PERIOD, names.EVENTS_TOTAL_PERIOD


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
        Group(f"{name}:period", duration(slow), tuple(_period_rules(platform, service, slo, slow))),
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
    # Also the mark that these rules were evaluated.
    yield Rule(record=names.OBJECTIVE, expr=f"vector({number(slo.objective / 100)})", labels=labels)
    expressions = dict(slo.sli.source(service.name).records(By(slo.group_by), mine))
    expressions[names.ratio_rate(SHORTEST)] = f"{mine.bad} / ({mine.total} > 0)"
    windows = [window for window in slo.windows if window < DAY]
    read = _read(service, slo, days=False)
    if not _composed(service, slo, names.SHORTEST_RATIO):
        # What keeps a vanished group's place in a window, and the sums that two windows read, are recorded once.
        expressions[names.EVENTS_ANCHOR] = f"0 * last_over_time({mine.total}[{duration(max(windows))}])"
        for name, rate in zip(_HALF_HOURS, read.rates, strict=True):
            expressions[name] = f"({ratios.tiles(HALF_HOUR, rate, read.zero)}) / {HALF_HOUR // SHORTEST}"
    for window in windows:
        name = names.ratio_rate(window)
        expressions[name] = _composed(service, slo, name) or ratios.ratio(window, read, every)
    shortest = series(names.ratio_rate(SHORTEST), service, slo)
    expressions[names.CURRENT_BURN_RATE] = f"{shortest} / {number(slo.budget)}"
    for name, expr in expressions.items():
        yield Rule(record=name, expr=expr, labels=labels)


def _day_rules(service: Service, slo: SLO, every: timedelta) -> Iterable[Rule]:
    """Constants, and windows of days: they move little within minutes, and cost the most."""
    labels = id_labels(service, slo)
    yield Rule(record=names.ERROR_BUDGET, expr=f"vector({number(slo.budget)})", labels=labels)
    yield Rule(record=names.PERIOD_DAYS, expr=f"vector({slo.period.days})", labels=labels)
    yield Rule(record=names.INFO, expr="vector(1)", labels=labels | _info(service, slo))
    windows = [window for window in slo.windows if window >= DAY]
    if windows and not _composed(service, slo, names.SHORTEST_RATIO):
        total = own(service, slo).total
        span = f"[{duration(max(windows))}:{duration(SHORTEST)}]"
        yield Rule(record=names.EVENTS_ANCHOR_DAYS, expr=f"0 * last_over_time({total}{span})", labels=labels)
    for window in windows:
        name = names.ratio_rate(window)
        expr = _composed(service, slo, name) or ratios.ratio(window, _read(service, slo, days=True), every)
        yield Rule(record=name, expr=expr, labels=labels)


def _period_rules(platform: Platform, service: Service, slo: SLO, every: timedelta) -> Iterable[Rule]:
    # Prometheus has no months, and windows that it does not keep are another's to tell: nobody hears a figure twice.
    if isinstance(slo.window, Calendar) or platform.told_by_history(slo):
        return
    labels = id_labels(service, slo)
    ratio = names.ratio_rate(slo.window)
    expressions: dict[str, str] = {}
    if composed := _composed(service, slo, ratio):
        expressions[ratio] = composed
    else:
        # Of the rates, as many as the period reads: it would have to unpack all of them to find these.
        _, *rates = own(service, slo)
        expressions |= dict(zip(_PERIOD, rates, strict=True))
        span = f"[{duration(slo.window)}:{duration(every)}]"
        bad, total = (f"sum_over_time({series(name, service, slo)}{span})" for name in _PERIOD)
        expressions[ratio] = f"{bad} / ({total} > 0)"
    coverage, spent = names.PERIOD_COVERAGE, names.PERIOD_SPENT
    mark = series(names.ERROR_BUDGET, service, slo)
    expressions |= {
        coverage: ratios.coverage(slo.window, mark, every, subquery=True),
        spent: f"{series(ratio, service, slo)} * {JOIN} {series(coverage, service, slo)} / {number(slo.budget)}",
        names.PERIOD_REMAINING: f"1 - {series(spent, service, slo)}",
    }
    for name, expr in expressions.items():
        yield Rule(record=name, expr=expr, labels=labels)


def _info(service: Service, slo: SLO) -> dict[str, str]:
    told = {
        "owner": service.owner,
        "tier": str(service.tier),
        "objective": number(slo.objective),
        "window": phrase(slo.window),
        "unit": slo.sli.unit,
    }
    return service.labels | slo.labels | told


def _read(service: Service, slo: SLO, *, days: bool) -> Read:
    """What windows of hours or of days read: each has its own mark, at the pace of its group."""
    _, *rates = own(service, slo)
    half_hours = (series(name, service, slo) for name in _HALF_HOURS)
    zero, mark = (
        (names.EVENTS_ANCHOR_DAYS, names.ERROR_BUDGET) if days else (names.EVENTS_ANCHOR, names.OBJECTIVE)
    )
    return Read(Pair(*rates), Pair(*half_hours), *(series(name, service, slo) for name in (zero, mark)))


def _composed(service: Service, slo: SLO, record: str) -> str | None:
    """A window's ratio where it follows from the ratios of other SLOs."""
    source = slo.sli.source(service.name)
    return source.window_ratio(record) if isinstance(source, Composed) else None
