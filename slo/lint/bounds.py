"""What values an expression can have, where that is sure: so that a condition is known to hold always, or never."""

from collections.abc import Callable
from math import inf
from typing import NamedTuple

import promql_parser as p

from slo.lint.matchers import Pick, implies, single
from slo.lint.tree import COMPARISONS, bare, call, children, filters, nodes, number


class Range(NamedTuple):
    """All values lie from ``low`` to ``high``, both included."""

    low: float = -inf
    high: float = inf


ANY, SHARE, COUNT, ONE = Range(), Range(0, 1), Range(0), Range(1, 1)

_ABSENCE = frozenset({"absent", "absent_over_time", "present_over_time"})
_FLAGS = frozenset({"up", "probe_success"})
_COUNTERS = ("_total", "_count", "_bucket")


def _sum(inner: Range) -> Range:
    return COUNT if inner.low >= 0 else ANY


def _product(left: Range, right: Range) -> Range:
    products = [a * b for a in left for b in right if a and b]
    zero = any(one.low <= 0 <= one.high for one in (left, right))
    return Range(min([*products, *[0.0] * zero]), max([*products, *[0.0] * zero]))


_COUNTING = [
    "rate",
    "irate",
    "increase",
    "changes",
    "resets",
    "count_over_time",
    "abs",
    "sqrt",
    "time",
    "timestamp",
    "stddev_over_time",
    "stdvar_over_time",
    "day_of_month",
    "day_of_week",
    "hour",
    "minute",
    "month",
    "year",
    "days_in_month",
]
_KEEPING = [
    "avg_over_time",
    "min_over_time",
    "max_over_time",
    "last_over_time",
    "sort",
    "sort_desc",
    "vector",
    "scalar",
]
_Bounds = Callable[..., Range]
_FUNCTIONS: dict[str, _Bounds] = {
    **dict.fromkeys(_COUNTING, lambda *_: COUNT),
    **dict.fromkeys(_KEEPING, lambda inner: inner),
    **dict.fromkeys(_ABSENCE, lambda *_: ONE),
    "sum_over_time": _sum,
    "histogram_fraction": lambda *_: SHARE,
    "clamp": lambda _, low, high: Range(low.low, high.high),
    "clamp_max": lambda inner, most: Range(min(inner.low, most.high), min(inner.high, most.high)),
    "clamp_min": lambda inner, least: Range(max(inner.low, least.low), max(inner.high, least.low)),
}
_AGGREGATIONS: dict[str, _Bounds] = {
    **dict.fromkeys(["avg", "min", "max", "topk", "bottomk", "limitk", "quantile"], lambda inner: inner),
    **dict.fromkeys(("stddev", "stdvar"), lambda _: COUNT),
    "sum": _sum,
    "count": lambda _: Range(1),
    "group": lambda _: ONE,
}
_OPERATIONS: dict[str, _Bounds] = {
    "and": lambda left, _: left,
    "unless": lambda left, _: left,
    "or": lambda left, right: Range(min(left.low, right.low), max(left.high, right.high)),
    "+": lambda left, right: Range(left.low + right.low, left.high + right.high),
    "-": lambda left, right: Range(left.low - right.high, left.high - right.low),
    "*": _product,
    **dict.fromkeys((">", ">="), lambda left, right: Range(max(left.low, right.low), left.high)),
    **dict.fromkeys(("<", "<="), lambda left, right: Range(left.low, min(left.high, right.high))),
    **dict.fromkeys(("==", "!="), lambda left, _: left),
}


def bounds(node: object) -> Range:  # noqa: PLR0911 - one for each kind of node
    """The bounds of a node's values; without limits where nothing is sure."""
    value = number(node)
    if value is not None:
        return Range(value, value)
    match bare(node):
        case p.VectorSelector(name=name):
            return SHARE if name in _FLAGS else COUNT if (name or "").endswith(_COUNTERS) else ANY
        case p.AggregateExpr() as one if str(one.op) in _AGGREGATIONS:
            return _AGGREGATIONS[str(one.op)](bounds(one.expr))
        case p.Call() as one if call(one) in _FUNCTIONS:
            return _FUNCTIONS[call(one)](*map(bounds, one.args))
        case p.BinaryExpr() as one:
            return _operation(one)
        case p.MatrixSelector() | p.SubqueryExpr() as one:
            return bounds(children(one)[0])
    return ANY


def verdict(node: p.BinaryExpr) -> bool | None:
    """Whether a comparison always holds (True) or never (False) for whatever there is; None if it depends.

    It holds always only if what it compares is there whether all is well or not.
    """
    left, right = bounds(node.lhs), bounds(node.rhs)
    op = str(node.op)
    if op in {"<", "<="}:
        left, right, op = right, left, op.replace("<", ">")
    sure, out = {
        ">": (left.low > right.high, left.high <= right.low),
        ">=": (left.low >= right.high, left.high < right.low),
        "==": (False, left.low > right.high or left.high < right.low),
        "!=": (left.low > right.high or left.high < right.low, False),
    }[op]
    if out:
        return False
    return True if sure and not _conditional(node.lhs) and not _conditional(node.rhs) else None


def _conditional(node: object) -> bool:
    return any(
        filters(n) or call(n) in _ABSENCE or (isinstance(n, p.BinaryExpr) and str(n.op) in {"and", "unless"})
        for n in nodes(node)
    )


def _operation(node: p.BinaryExpr) -> Range:
    op, left, right = str(node.op), bounds(node.lhs), bounds(node.rhs)
    if op in COMPARISONS and not filters(node):
        return SHARE
    if op != "/":
        return _OPERATIONS[op](left, right) if op in _OPERATIONS else ANY
    if _is_share(node):
        return SHARE
    if right.low == right.high and right.low > 0:
        return Range(left.low / right.low, left.high / right.low)
    return COUNT if left.low >= 0 and right.low >= 0 else ANY


def _is_share(node: p.BinaryExpr) -> bool:
    """A part of a counter divided by the whole of it, both summed in the same way."""
    part, whole = _summed(node.lhs), _summed(node.rhs)
    if part is None or whole is None or part[0] != whole[0]:
        return False
    return implies(part[1], whole[1]) is True


def _summed(node: object) -> tuple[str, Pick] | None:
    """What shapes a sum of a rate, but for its matchers; and what it selects."""
    inner = bare(node)
    if filters(inner) and isinstance(inner, p.BinaryExpr) and number(inner.rhs) is not None:
        return _summed(inner.lhs)
    if not isinstance(inner, p.AggregateExpr) or str(inner.op) != "sum":
        return None
    rate = bare(inner.expr)
    selected = single(rate)
    if selected is None or not isinstance(rate, p.Call) or call(rate) not in {"rate", "increase"}:
        return None
    matrix = rate.args[0]
    if not isinstance(matrix, p.MatrixSelector):
        return None
    by = (str(inner.modifier.type), tuple(sorted(inner.modifier.labels))) if inner.modifier else ()
    shape = (by, call(rate), matrix.range, matrix.vector_selector.offset, str(matrix.vector_selector.at))
    return repr(shape), selected
