"""What an SLI reads, and the records of good, bad and total that follow from it.

Each record is per second over the last 5 minutes. Every source ends in ``bad`` and ``total``; absent input
gives no ``total``: unknown is neither good nor bad.
"""

from decimal import Decimal
from typing import NamedTuple

from slo import names
from slo.promql import is_query, over, quoted
from slo.units import number

RATE = "5m"
# Five whole minutes at whatever second this is asked; a full 5m would hold six at the full minute in Prometheus 2.
_SLICES = "4m59s999ms:1m"

Record = tuple[str, str]
"""Name and expression, in the order of evaluation: a record may read those before it."""


class By(NamedTuple):
    """The labels that split an SLO into one per group; none: one SLO."""

    labels: tuple[str, ...] = ()

    def fold(self, aggregation: str, expression: str) -> str:
        """An aggregation that keeps these labels and no others."""
        by = f" by ({', '.join(self.labels)}) " if self.labels else ""
        return f"{aggregation}{by}({expression})"

    @property
    def on(self) -> str:
        """Match series of the same group, whatever other labels they have."""
        return f"on ({', '.join(self.labels)})"


class Own(NamedTuple):
    """Selectors of an SLO's own records."""

    good: str
    bad: str
    total: str


class Counted(NamedTuple):
    """All events, and either the bad or the good ones: counters, or queries of a rate per second.

    ``strict`` says that good series exist before the first good event: if they are missing, the SLI is broken
    (a histogram that lost a bucket). Otherwise a missing series has counted nothing yet.
    """

    total: str
    bad: str = ""
    good: str = ""
    strict: bool = False

    @property
    def queried(self) -> bool:
        """Whether any of the three is a query, of which there are no raw samples."""
        return any(map(is_query, self[:3]))

    def records(self, by: By, own: Own) -> list[Record]:
        """Two raw reads; the fill belongs to the bad or the subtracted series, never to a difference.

        It matches on the group alone: the raw sum has no other label, the record has its ids, and one must win.
        """
        total = by.fold("sum", _rate(self.total))
        if self.bad:
            bad = by.fold("sum", _rate(self.bad))
            return [(names.EVENTS_TOTAL, total), (names.EVENTS_BAD, f"{bad} or {by.on} 0 * {own.total}")]
        good = by.fold("sum", _rate(self.good))
        difference = (names.EVENTS_BAD, f"clamp_min({own.total} - {own.good}, 0)")
        if self.strict:
            known = f"{total} and {by.on} {own.good}"
            return [(names.EVENTS_GOOD, good), (names.EVENTS_TOTAL, known), difference]
        filled = f"{good} or {by.on} 0 * {own.total}"
        return [(names.EVENTS_TOTAL, total), (names.EVENTS_GOOD, filled), difference]


class Measured(NamedTuple):
    """A native histogram, and the value in its unit above which an observation is bad."""

    histogram: str
    edge: Decimal

    def records(self, by: By, own: Own) -> list[Record]:
        """Without traffic the fraction is NaN, which the comparison drops; a lost histogram is unknown."""
        observed = by.fold("sum", _rate(self.histogram))
        slow = f"(1 - histogram_fraction(-Inf, {number(self.edge)}, {observed}) >= 0)"
        bad = f"{slow} * {by.on} {own.total} or {by.on} 0 * {own.total}"
        return [(names.EVENTS_TOTAL, f"histogram_count({observed})"), (names.EVENTS_BAD, bad)]


class Gauged(NamedTuple):
    """Selector of a gauge that is 1 while all is well and 0 while it is not."""

    gauge: str

    def records(self, by: By, own: Own) -> list[Record]:
        """Bad: the failing share of the time."""
        well = by.fold("avg", f"avg_over_time({self.gauge}[{RATE}])")
        return _timed(f"1 - {well}", own)


class Rated(NamedTuple):
    """A query that gives the error ratio itself."""

    ratio: str

    def records(self, by: By, own: Own) -> list[Record]:
        """The comparison drops NaN: 0 of 0 is unknown."""
        return _timed(f"clamp_max({by.fold('max', over(self.ratio, RATE))} >= 0, 1)", own)


class Sliced(NamedTuple):
    """Time slices of a minute: bad where ``bad`` gives anything, known where ``known`` does."""

    bad: str
    known: str

    def records(self, by: By, own: Own) -> list[Record]:
        """Bad: the share of bad slices."""
        state = f"{by.fold('group', self.bad)} or {by.on} 0 * {by.fold('group', self.known)}"
        return _timed(f"avg_over_time(({state})[{_SLICES}])", own)


class Composed(NamedTuple):
    """Records of other SLOs, each with its weight; ``sum`` adds the groups of one."""

    mode: str
    parts: tuple[tuple[str, Decimal], ...]

    def records(self, by: By, own: Own) -> list[Record]:  # noqa: ARG002 - parts are folded to one series
        """Slice by slice; a part without events is good while its rules run."""
        if self.mode == "sum":
            ((part, _),) = self.parts
            both = (names.EVENTS_TOTAL, names.EVENTS_BAD)
            return [(name, f"sum({_of(name, part)})") for name in both]
        terms = [(_term(names.SHORTEST_RATIO, part), weight) for part, weight in self.parts]
        if self.mode == "weighted":
            return _timed(_mean(terms), own)
        if self.mode == "all-of":
            return _timed(f"1 - {' * '.join(f'(1 - {term})' for term, _ in terms)}", own)
        tagged = (f'label_replace({t}, "part", "{i}", "", "")' for i, (t, _) in enumerate(terms))
        return _timed(f"max({' or '.join(tagged)})", own)

    def window_ratio(self, record: str) -> str | None:
        """A window's ratio where it follows from the parts' own windows; None: from the slices."""
        if self.mode != "weighted":
            return None
        return _mean([(_term(record, part), weight) for part, weight in self.parts])


Source = Counted | Measured | Gauged | Rated | Sliced | Composed


def _of(record: str, slo_id: str) -> str:
    return f"{record}{{{names.SLO_ID}={quoted(slo_id)}}}"


def _term(record: str, part: str) -> str:
    """A part's error ratio: of its worst group, and 0 without events."""
    return f"(max({_of(record, part)}) or 0 * max({_of(names.OBJECTIVE, part)}))"


def _mean(terms: list[tuple[str, Decimal]]) -> str:
    total = number(sum((weight for _, weight in terms), Decimal(0)))
    return f"({' + '.join(f'{number(weight)} * {term}' for term, weight in terms)}) / {total}"


def _timed(bad: str, own: Own) -> list[Record]:
    """Time is counted: as long as the bad share is known, a second is a second."""
    return [(names.EVENTS_BAD, bad), (names.EVENTS_TOTAL, f"0 * {own.bad} + 1")]


def _rate(expression: str) -> str:
    return over(expression, RATE) if is_query(expression) else f"rate({expression}[{RATE}])"


def measured(source: Measured, window: str) -> tuple[str, str]:
    """Total and bad of a native histogram as queries over a window; no traffic is no bad, not NaN."""
    observed = f"sum(rate({source.histogram}[{window}]))"
    count = f"histogram_count({observed})"
    return count, f"(1 - histogram_fraction(-Inf, {number(source.edge)}, {observed}) >= 0) * {count}"
