"""Checks of the conditions that an alert fires on."""

from collections.abc import Iterable
from math import inf

import promql_parser as p

from slo.lint.bounds import Range, bounds, verdict
from slo.lint.finding import Finding, Place
from slo.lint.matchers import pick
from slo.lint.tree import COMPARISONS, bare, binary, filters, number, short


def condition(place: Place, tree: object) -> Iterable[Finding]:
    """What is wrong with the conditions that an alert fires on."""
    for node in _conditions(tree):
        yield from _holds(place, node)
        if filters(node):
            yield from _raw_counter(place, node)


def _conditions(node: object) -> Iterable[p.BinaryExpr]:
    """The comparisons that decide whether an alert fires."""
    inner = bare(node)
    if binary(inner, "and", "or", "unless"):
        assert isinstance(inner, p.BinaryExpr)  # noqa: S101 - binary() said so
        yield from _conditions(inner.lhs)
        if str(inner.op) != "unless":
            yield from _conditions(inner.rhs)
    elif binary(inner, *COMPARISONS):
        assert isinstance(inner, p.BinaryExpr)  # noqa: S101 - likewise
        yield inner
        if filters(inner.lhs):
            yield from _conditions(inner.lhs)


def _holds(place: Place, node: p.BinaryExpr) -> Iterable[Finding]:
    if not filters(node):
        message = (
            f"always fires: {short(node)} gives 0 instead of nothing where it does not hold; leave out bool"
        )
        yield place.found("always", message)
        return
    holds = verdict(node)
    if holds is not None:
        left = f"{short(node.lhs)} is {_said(bounds(node.lhs))}"
        limit = f"{node.op} {short(node.rhs)}"
        always = f"{left}, so {limit} always holds, and the alert always fires"
        never = f"{left}, so {limit} never holds, and the alert never fires"
        yield place.found("always", always) if holds else place.found("never", never)


def _said(range_: Range) -> str:
    if range_.low == range_.high:
        return f"always {range_.low:g}"
    if range_.high == inf:
        return f"{range_.low:g} or more" if range_.low > -inf else "any number"
    return f"from {range_.low:g} to {range_.high:g}" if range_.low > -inf else f"{range_.high:g} or less"


def _raw_counter(place: Place, node: p.BinaryExpr) -> Iterable[Finding]:
    """``== 0`` asks whether there was any at all, which is fair."""
    limit = number(node.rhs)
    inner = bare(node.lhs)
    while isinstance(inner, p.AggregateExpr) and str(inner.op) in {"sum", "max", "min", "avg"}:
        inner = bare(inner.expr)
    if not isinstance(inner, p.VectorSelector) or limit is None or str(node.op) == "==":
        return
    if pick(inner).metric.endswith("_total"):
        message = (
            f"compares {pick(inner).metric} with {limit:g}: it counts since the process began, so it fires until a "
            "restart; compare a rate() or increase()"
        )
        yield place.found("counter-threshold", message)
