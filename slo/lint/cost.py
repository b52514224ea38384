"""What the rules of an SLO cost a Prometheus: range selectors, samples read, series written; from their PromQL alone.

Samples are counted as Prometheus counts them (``totalQueryableSamples`` of the query API's ``stats``): each one in a
range, for each series. It does not count what a subquery reads below a function; here, that is counted at each step.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from math import prod
from typing import NamedTuple

import promql_parser as p

from slo import names
from slo.lint.finding import Finding, Place
from slo.lint.matchers import Pick, pick
from slo.lint.rulefile import length
from slo.lint.series import Assumed
from slo.lint.tree import bare, call, children, nodes
from slo.promql import parse
from slo.rules import Group, Rule

_ONE = frozenset({"vector", "scalar", "time", "absent", "absent_over_time"})


class Cost(NamedTuple):
    """Of one SLO. ``samples`` are read per evaluation: of a group with a longer interval, its share of one."""

    slo: str
    range_selectors: int
    samples: int
    samples_per_day: int
    series: int


class Limits(NamedTuple):
    """What the rules of one SLO may read per evaluation, and write."""

    samples: int = 500_000
    series: int = 1_000


class _Record(NamedTuple):
    series: int
    interval: float


class Reading:
    """Groups of rules, evaluated in their order: what a rule among them reads and writes."""

    def __init__(self, groups: Sequence[Group], assumed: Assumed) -> None:
        self._assumed = assumed
        self._records: dict[tuple[str, str | None], _Record] = {}
        for group in groups:
            for rule in group.rules:
                if rule.record:
                    record = _Record(self._width(parse(rule.expr)), length(group.interval))
                    self._records[rule.record, rule.labels.get(names.SLO_ID)] = record

    def samples(self, rule: Rule) -> float:
        """The samples that one evaluation of a rule reads."""
        return self._samples(parse(rule.expr))

    @property
    def written(self) -> int:
        """The series of all records."""
        return sum(record.series for record in self._records.values())

    def _record(self, one: Pick) -> _Record:
        """What is known of a selector; a record of another SLO is taken for one series."""
        if ":" not in one.metric:
            return _Record(self._assumed.count(one), self._assumed.scrape_interval)
        return self._records.get(
            (one.metric, one.equal().get(names.SLO_ID)), _Record(1, self._assumed.scrape_interval)
        )

    def _width(self, node: object) -> int:
        """The series that a node gives."""
        match bare(node):
            case p.VectorSelector() as one:
                return self._record(pick(one)).series
            case p.AggregateExpr() as one:
                inner = self._width(one.expr)
                if one.modifier is None:
                    return 1
                by = one.modifier.type == p.AggModifierType.By
                return min(inner, prod(map(self._assumed.groups, one.modifier.labels))) if by else inner
            case p.Call() as one if call(one) in _ONE:
                return 1
            case inner:
                return max(map(self._width, children(inner)), default=1)

    def _samples(self, node: object) -> float:
        match bare(node):
            case p.VectorSelector() as one:
                return self._record(pick(one)).series
            case p.MatrixSelector() as one:
                series, interval = self._record(pick(one.vector_selector))
                return series * self._kept(one.range) / interval
            case p.SubqueryExpr() as one:
                step = (one.step or timedelta(minutes=1)).total_seconds()
                return self._samples(one.expr) * self._kept(one.range) / step
            case inner:
                return sum(map(self._samples, children(inner)))

    def _kept(self, span: timedelta | None) -> float:
        return min((span or timedelta()).total_seconds(), self._assumed.retention)


def cost(ident: str, groups: Sequence[Group], assumed: Assumed, every: timedelta) -> Cost:
    """The cost of one SLO's groups of rules, where rules are evaluated every ``every``."""
    reading = Reading(groups, assumed)
    trees = [parse(rule.expr) for group in groups for rule in group.rules]
    ranges = sum(isinstance(n, p.MatrixSelector | p.SubqueryExpr) for tree in trees for n in nodes(tree))
    daily = sum(sum(map(reading.samples, g.rules)) * 86400 / length(g.interval) for g in groups)
    return Cost(ident, ranges, round(daily * every.total_seconds() / 86400), round(daily), reading.written)


def too_much(place: Place, spent: Cost, limits: Limits) -> Iterable[Finding]:
    """Findings where a cost is over its limits."""
    if spent.samples > limits.samples:
        message = (
            f"its rules read about {spent.samples:,} samples per evaluation, more than {limits.samples:,}"
        )
        yield place.found(
            "samples", f"{message}; group by fewer values, or read a record instead of raw series"
        )
    if spent.series > limits.series:
        message = f"its rules write about {spent.series:,} series, more than {limits.series:,}"
        yield place.found("series", f"{message}; group by fewer values")
