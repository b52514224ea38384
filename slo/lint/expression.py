"""Checks of one expression, of a rule that someone wrote or of a query in a spec."""

import re
from collections.abc import Iterable

import promql_parser as p

from slo.lint.bounds import Range, bounds
from slo.lint.finding import Finding, Place
from slo.lint.labels import unbounded
from slo.lint.matchers import Pick, disjoint, pick, single
from slo.lint.tree import (
    ARITHMETIC,
    RATES,
    bare,
    binary,
    call,
    filters,
    keeps,
    matched,
    nodes,
    number,
    selectors,
    short,
)

_FAILED = frozenset(["failed", "failure", "failures", "error", "errors", "timeout", "timeouts"])
_DONE = frozenset(
    ["completed", "complete", "success", "successes", "successful", "succeeded", "ok", "passed"]
)
_FAILING = re.compile(r"(?i)fail|error|\berrs?\b|timed?.?out|abort|reject|^\(?[45](\d|\.|x)")
_COUNTERS = ("_total", "_bucket")
_GAUGES = [
    "_ratio",
    "_percent",
    "_percentage",
    "_celsius",
    "_temperature",
    "_info",
    "_usage",
    "_utilization",
    "_free_bytes",
    "_available_bytes",
    "_usage_bytes",
    "_used_bytes",
    "_size_bytes",
    "_timestamp_seconds",
    "_current",
    "_limit",
    "_connections_active",
    "_queue_length",
]
_CHANGES = frozenset({"delta", "idelta", "deriv", "predict_linear"})
# What is mostly meant by 1 and by 100 is that all is well.
_ALL = (Range(1, 1), Range(100, 100))
_CONSTANTS = frozenset({"vector", "absent", "absent_over_time"})


def ratio(place: Place, tree: object) -> Iterable[Finding]:
    """What is wrong with the ratios in an expression, and with the labels that it keeps."""
    for node in nodes(tree):
        if isinstance(node, p.BinaryExpr):
            yield from _division(place, node)
            yield from _filled(place, node)
        if isinstance(node, p.AggregateExpr):
            yield from _grouped(place, node)
        if isinstance(node, p.Call):
            yield from _quantile(place, node)


def rates(place: Place, tree: object) -> Iterable[Finding]:
    """Functions of counters on gauges, and the other way round."""
    for node in nodes(tree):
        name = call(node) if isinstance(node, p.Call) else ""
        if name not in RATES | _CHANGES:
            continue
        for selector in selectors(node):
            metric = pick(selector).metric
            if name in RATES and metric.endswith(tuple(_GAUGES)):
                message = f"{name}() is for counters, and {metric} looks like a gauge: use deriv() or delta()"
                yield place.found("gauge-rate", message)
            if name in _CHANGES and metric.endswith(_COUNTERS):
                message = f"{name}() is for gauges, and {metric} is a counter, whose resets it takes for a fall: use rate()"
                yield place.found("gauge-rate", message)


def constant(node: object) -> bool:
    """Whether a node has a value without any data."""
    inner = bare(node)
    if isinstance(inner, p.BinaryExpr) and str(inner.op) in ARITHMETIC:
        sides = (inner.lhs, inner.rhs)
        return any(constant(s) for s in sides) and all(constant(s) or number(s) is not None for s in sides)
    return call(inner) in _CONSTANTS


def _division(place: Place, node: p.BinaryExpr) -> Iterable[Finding]:
    if str(node.op) != "/":
        return
    part, whole = single(node.lhs), single(node.rhs)
    if part is None or whole is None:
        return
    if _by_itself(node, part, whole):
        yield place.found(
            "ratio-by-series",
            f"divides each series of {part.metric} by itself in {short(node)}: one error is 100 %; "
            "sum both sides without the label that tells errors apart",
        )
    elif _fails(part) and disjoint(part, whole):
        yield place.found(
            "not-of-all",
            f"divides {_said(part)} by {_said(whole)}, which does not count it: the result is no share, and can "
            "exceed 1; divide by the sum of all outcomes",
        )
    elif _outcomes(part.metric, whole.metric):
        yield place.found(
            "other-outcome",
            f"divides {part.metric} by {whole.metric}, which seems not to count it: the result is no share then; "
            "divide by the sum of all outcomes",
        )


def _by_itself(node: p.BinaryExpr, part: Pick, whole: Pick) -> bool:
    left, right = selectors(node.lhs)[0], selectors(node.rhs)[0]
    if part.metric != whole.metric or left.offset != right.offset or str(left.at) != str(right.at):
        return False
    told = [label for label in part.labels if part.of(label) != whole.of(label)]
    return any(
        keeps(node.lhs, label) and keeps(node.rhs, label) and matched(node, label)
        for label in told
        if not disjoint(Pick(part.metric, part.of(label)), Pick(whole.metric, whole.of(label)))
    )


def _fails(part: Pick) -> bool:
    """Whether a selector takes errors: used of hard and p99 of p50 are no shares, and fine."""
    return any(op in {"=", "=~"} and _FAILING.search(value) for _, op, value in part.matchers)


def _outcomes(part: str, whole: str) -> bool:
    """``workflow_failed_total`` of ``workflow_completed_total``: the same but for the outcome."""
    one, other = part.split("_"), whole.split("_")
    differing = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    return (
        len(one) == len(other)
        and len(differing) == 1
        and differing[0][0] in _FAILED
        and differing[0][1] in _DONE
    )


def _filled(place: Place, node: p.BinaryExpr) -> Iterable[Finding]:
    if str(node.op) != "or" or not constant(node.rhs):
        return
    if filters(bare(node.lhs)) and call(bare(node.rhs)) in {"absent", "absent_over_time"}:
        # An alert on what is wrong or gone: there, no data is no result.
        return
    if bounds(node.rhs) in _ALL or any(binary(n, "/") for n in nodes(node.lhs)):
        message = (
            f"gives a value where there is no data ({short(node.rhs)}): a lost metric looks like a result; "
            "leave it out, and alert on absent()"
        )
        yield place.found("no-data", message)


def _grouped(place: Place, node: p.AggregateExpr) -> Iterable[Finding]:
    if node.modifier is None or node.modifier.type != p.AggModifierType.By:
        return
    for label in node.modifier.labels:
        if unbounded(label):
            yield place.found(
                "unbounded-label", f"keeps {label}, of which there may be any number: {short(node)}"
            )


def _quantile(place: Place, node: p.Call) -> Iterable[Finding]:
    if call(node) != "histogram_quantile":
        return
    share = number(node.args[0])
    if share is not None and not 0 <= share <= 1:
        yield place.found(
            "quantile", f"histogram_quantile({share:g}, …) is infinite: the first argument is from 0 to 1"
        )
    inner = bare(node.args[1])
    classic = any(pick(s).metric.endswith("_bucket") for s in selectors(inner))
    if classic and isinstance(inner, p.AggregateExpr) and not keeps(inner, "le"):
        yield place.found(
            "quantile", f"loses le before histogram_quantile(), which then gives nothing: {short(inner)}"
        )


def _said(one: Pick) -> str:
    inner = ", ".join(f'{name}{op}"{value}"' for name, op, value in one.matchers)
    return f"{one.metric}{{{inner}}}" if inner else one.metric
