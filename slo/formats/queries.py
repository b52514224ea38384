"""SLIs as the queries that other formats hold, and SLIs that are recognised in such queries."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

import promql_parser

from slo.errors import InvalidPromQLError
from slo.expression import canonical, matchers, unwrapped, written
from slo.formats.document import Document
from slo.promql import events, is_query, over, parse
from slo.sli import SLI, Latency, Ratio
from slo.source import Counted, Gauged, Measured, Rated, Sliced, Source, measured

WINDOW = "{{.window}}"
# A range that no one writes, so that it can be told from those that someone did.
_MARK = "787s"
_EDGE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?:\|\1(?:\[\.\]|\\\.)0)?")


class Queries(NamedTuple):
    """PromQL with a mark for the window: total with bad or good, or the error ratio alone."""

    total: str = ""
    bad: str = ""
    good: str = ""
    ratio: str = ""


def queries(source: Source) -> Queries | None:
    """What a source reads; None where no query says it."""
    if isinstance(source, Counted):
        return Queries(rate(source.total), rate(source.bad), rate(source.good))
    if isinstance(source, Measured):
        return Queries(*measured(source, WINDOW))
    if isinstance(source, Gauged):
        return Queries(ratio=f"1 - avg(avg_over_time({source.gauge}[{WINDOW}]))")
    if isinstance(source, Rated):
        return Queries(ratio=source.ratio)
    if isinstance(source, Sliced):
        state = f"group({source.bad}) or on () 0 * group({source.known})"
        return Queries(ratio=f"avg_over_time(({state})[{WINDOW}:1m])")
    return None


def rate(expression: str) -> str:
    """A query of the rate of a selector; a query is one already."""
    if not expression or is_query(expression):
        return expression
    return f"sum(rate({expression}[{WINDOW}]))"


def difference(total: str, good: str) -> str:
    """The bad events as a query: those that are not good."""
    nested = isinstance(parse(over(good, _MARK)), promql_parser.BinaryExpr)
    return f"{total} - ({good})" if nested else f"{total} - {good}"


def subtracted(total: str, bad: str) -> str:
    """The good events of a query that subtracts them from the total; "" if it does no such thing."""
    try:
        tree = unwrapped(parse(over(bad, _MARK)))
        if not isinstance(tree, promql_parser.BinaryExpr) or str(tree.op) != "-" or tree.modifier:
            return ""
        if written(tree.lhs) != canonical(over(total, _MARK)):
            return ""
        as_written = bad.strip().removeprefix(f"{total} - ")
        if as_written != bad.strip():
            whole = isinstance(parse(over(as_written, _MARK)), promql_parser.ParenExpr)
            return as_written[1:-1] if whole else as_written
        return written(tree.rhs).replace(f"[{_MARK}", f"[{WINDOW}")
    except InvalidPromQLError:
        return ""


def counted(document: Document, field: str, total: str, bad: str = "", good: str = "") -> SLI:
    """The SLI of queries or selectors of events, at ``field`` of a document.

    A difference of total and good is good of total: a fill for series that do not exist yet belongs to the good
    ones. A bucket of a histogram's count is a latency.
    """
    if bad and (subtrahend := subtracted(total, bad)):
        bad, good = "", subtrahend
    if good and (latency := _latency(total, good)):
        return latency
    given = {"total": total, "bad": bad, "good": good}
    return document.build(field, Ratio, {name: text for name, text in given.items() if text})


def _latency(total: str, good: str) -> Latency | None:
    try:
        total, good = events(total), events(good)
        count, bucket = parse(total), parse(good)
    except InvalidPromQLError:
        return None
    if not (
        isinstance(count, promql_parser.VectorSelector) and isinstance(bucket, promql_parser.VectorSelector)
    ):
        return None
    base = (count.name or "").removesuffix("_count")
    edges = [value for name, op, value in matchers(bucket) if name == "le" and op in {"=", "=~"}]
    others = [one for one in matchers(bucket) if one[0] != "le"]
    if bucket.name != f"{base}_bucket" or len(edges) != 1 or sorted(others) != sorted(matchers(count)):
        return None
    edge = _EDGE.fullmatch(edges[0])
    if edge is None or count.matchers.or_matchers or bucket.matchers.or_matchers:
        return None
    microseconds = Decimal(edge[1]) * 1_000_000
    if microseconds % 1 or not 0 < microseconds < 10**15:
        return None
    histogram = re.sub(r"\s*\{\s*\}$", "", total.replace(f"{base}_count", base, 1))
    return Latency(histogram=histogram, below=timedelta(microseconds=int(microseconds)))
