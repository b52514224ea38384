"""Synthetic series that an SLI reads as a given error ratio, for tests of generated rules."""

import re
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import promql_parser

from slo.distribution import growing
from slo.promql import over, parse
from slo.source import Counted, Gauged, Measured, Source

# What label values look like in practice; each is tried against a selector's matchers.
_USUAL = (
    "200",
    "500",
    "503",
    "429",
    "404",
    "0",
    "1",
    "a",
    "b",
    "ok",
    "error",
    "true",
    "false",
    "GET",
    "failed",
)


class Selector(NamedTuple):
    """A metric and its matchers as (label, operator, value)."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...]

    def allows(self, label: str, value: str) -> bool:
        """Whether all matchers of a label take a value."""
        return all(_matches(op, wanted, value) for name, op, wanted in self.matchers if name == label)

    def values(self, label: str) -> list[str]:
        """Values to try for a label, those that the matchers name first."""
        own = [(op, value) for name, op, value in self.matchers if name == label]
        named = [value for op, value in own if not op.endswith("Re")]
        guesses = [
            _plain(part) for op, value in own if op.endswith("Re") for part in re.split(r"[|()]", value)
        ]
        return [value for value in dict.fromkeys([*named, *guesses, *_USUAL]) if value]


class Feed(NamedTuple):
    """Series that carry the bad events, the good ones, or all.

    A gauge has ``level`` alone, a native histogram ``native`` and the ``edge`` above which it is bad.
    """

    bad: str = ""
    good: str = ""
    total: str = ""
    level: str = ""
    native: str = ""
    edge: Decimal = Decimal(1)

    def series(self, ratios: Iterable[tuple[float, int]], events: float) -> dict[str, str]:
        """Values in promtool's notation: for each (error ratio, steps), ``events`` a step."""
        pieces = list(ratios)
        if self.level:
            return {self.level: " ".join(f"{1 - ratio:.9g}x{steps - 1}" for ratio, steps in pieces)}
        if self.native:
            return {self.native: growing(pieces, events, self.edge)}
        shares = {self.bad: 0.0, self.good: 1.0, self.total: None}
        grown = {
            name: [(events if share is None else events * abs(share - ratio), n) for ratio, n in pieces]
            for name, share in shares.items()
            if name
        }
        return {name: _counter(steps) for name, steps in grown.items()}


def feed(source: Source, group_by: Iterable[str]) -> Feed | None:
    """Series for a source; None where its queries are too free to tell what would feed them."""
    groups = tuple(group_by)
    if isinstance(source, Gauged):
        gauge = _selector(source.gauge)
        return gauge and Feed(level=_series(gauge, _chosen([gauge]), groups))
    if isinstance(source, Measured):
        histogram = _selector(source.histogram)
        return histogram and Feed(native=_series(histogram, _chosen([histogram]), groups), edge=source.edge)
    return _counted(source, groups) if isinstance(source, Counted) else None


def _counted(source: Counted, groups: tuple[str, ...]) -> Feed | None:
    total, part = _selector(source.total), _selector(source.bad or source.good)
    if total is None or part is None:
        return None
    if total.metric != part.metric:
        whole, some = (_series(s, _chosen([s]), groups) for s in (total, part))
        return Feed(total=whole, bad=some) if source.bad else Feed(total=whole, good=some)
    inside, outside = _chosen([total, part]), _outside(total, part)
    if inside is None or outside is None:
        return None
    one, other = _series(total, inside, groups), _series(total, outside, groups)
    return Feed(bad=one, good=other) if source.bad else Feed(bad=other, good=one)


def _selector(expression: str) -> Selector | None:
    """The one selector of an expression, if it has exactly one and a metric's name."""
    found: list[promql_parser.VectorSelector] = []
    _collect(parse(over(expression, "5m")), found)
    if len(found) != 1 or not found[0].name:
        return None
    matchers = tuple((m.name, str(m.op).rpartition(".")[2], m.value) for m in found[0].matchers.matchers)
    return Selector(found[0].name, matchers)


def _collect(node: object, found: list[promql_parser.VectorSelector]) -> None:
    if isinstance(node, promql_parser.VectorSelector):
        found.append(node)
        return
    for attribute in ("expr", "lhs", "rhs", "vector_selector"):
        child = getattr(node, attribute, None)
        if child is not None:
            _collect(child, found)
    for argument in getattr(node, "args", None) or []:
        _collect(argument, found)


def _matches(op: str, wanted: str, value: str) -> bool:
    equal = bool(re.fullmatch(wanted, value)) if op.endswith("Re") else value == wanted
    return equal if op in {"Equal", "Re"} else not equal


def _plain(pattern: str) -> str:
    """A guess at what a simple pattern matches: ``5..`` takes ``500``."""
    text = pattern.replace("\\", "").replace(".*", "").replace(".+", "0").replace("[.]", "\0")
    return re.sub(r"[\[\]+*?^$]", "", text.replace(".", "0").replace("\0", "."))


def _chosen(selectors: list[Selector]) -> dict[str, str] | None:
    labels = [name for s in selectors for name, _, _ in s.matchers]
    chosen: dict[str, str] = {}
    for label in dict.fromkeys(labels):
        values = (v for s in selectors for v in s.values(label))
        fit = next((v for v in values if all(s.allows(label, v) for s in selectors)), None)
        if fit is None:
            return None
        chosen[label] = fit
    return chosen


def _outside(total: Selector, part: Selector) -> dict[str, str] | None:
    """Labels that the total takes and the part does not."""
    chosen = _chosen([total])
    for label in {name: None for name, _, _ in part.matchers}:
        fits = (v for v in part.values(label) if total.allows(label, v) and not part.allows(label, v))
        if chosen is not None and (fit := next(fits, None)) is not None:
            return chosen | {label: fit}
    return None


def _series(selector: Selector, labels: dict[str, str] | None, groups: tuple[str, ...]) -> str:
    own = dict.fromkeys(groups, "a") | (labels or {})
    inner = ",".join(f'{name}="{value}"' for name, value in own.items() if value)
    return f"{selector.metric}{{{inner}}}"


def _counter(pieces: list[tuple[float, int]]) -> str:
    """Steps of growth, each piece from where the last one ended; the first sample is 0."""
    value, parts = 0.0, ["0x0"]
    for growth, group in groupby(pieces, itemgetter(0)):
        steps = sum(n for _, n in group)
        parts.append(f"{value + growth:.9g}+{growth:.9g}x{steps - 1}")
        value += growth * steps
    return " ".join(parts)
