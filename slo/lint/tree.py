"""PromQL syntax trees: what is below a node, and the few forms that checks ask for."""

from collections.abc import Iterator

import promql_parser as p

RATES = frozenset({"rate", "irate", "increase"})
COMPARISONS = frozenset({">", "<", ">=", "<=", "==", "!="})
ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "^", "atan2"})

# They pick series, and leave them as they are.
_CHOOSING = frozenset({"topk", "bottomk", "limitk"})


def children(node: object) -> list[object]:
    """The nodes right below."""
    match node:
        case p.BinaryExpr():
            return [node.lhs, node.rhs]
        case p.Call():
            return list(node.args)
        case p.AggregateExpr():
            return [node.expr] if node.param is None else [node.expr, node.param]
        case p.MatrixSelector():
            return [node.vector_selector]
        case p.ParenExpr() | p.UnaryExpr() | p.SubqueryExpr():
            return [node.expr]
        case _:
            return []


def nodes(node: object) -> Iterator[object]:
    """The node and all below it."""
    yield node
    for child in children(node):
        yield from nodes(child)


def depth(node: object) -> int:
    """The levels below a node, itself included; counted without recursion, as it may be large."""
    levels, here = 0, [node]
    while here:
        levels, here = levels + 1, [child for one in here for child in children(one)]
    return levels


def selectors(node: object) -> list[p.VectorSelector]:
    """All selectors below a node."""
    return [n for n in nodes(node) if isinstance(n, p.VectorSelector)]


def bare(node: object) -> object:
    """The node without parentheses."""
    return bare(node.expr) if isinstance(node, p.ParenExpr) else node


def call(node: object) -> str:
    """The name of the function that a node calls, or nothing."""
    inner = bare(node)
    return str(inner.func.name) if isinstance(inner, p.Call) else ""


def number(node: object) -> float | None:
    """The number that a node is, if it is one."""
    inner = bare(node)
    if isinstance(inner, p.UnaryExpr):
        below = number(inner.expr)
        return None if below is None else -below
    return float(inner.val) if isinstance(inner, p.NumberLiteral) else None


def binary(node: object, *operators: str) -> bool:
    """Whether a node is one of these binary operations."""
    return isinstance(node, p.BinaryExpr) and str(node.op) in operators


def filters(node: object) -> bool:
    """Whether a node is a comparison that drops what does not hold."""
    return (
        isinstance(node, p.BinaryExpr)
        and binary(node, *COMPARISONS)
        and not (node.modifier and node.modifier.return_bool)
    )


def matched(node: p.BinaryExpr, label: str) -> bool:
    """Whether an operation matches its sides by a label."""
    matching = node.modifier.matching if node.modifier else None
    if matching is None:
        return True
    return bool((label in matching.labels) == (matching.type == p.LabelModifierType.Include))


def keeps(node: object, label: str) -> bool:
    """Whether the series of a node still have a label that their selectors have."""
    inner = bare(node)
    if isinstance(inner, p.VectorSelector):
        return True
    below = any(keeps(child, label) for child in children(inner))
    if isinstance(inner, p.BinaryExpr):
        return below and matched(inner, label)
    if not isinstance(inner, p.AggregateExpr) or str(inner.op) in _CHOOSING:
        return below
    if inner.modifier is None:
        return False
    by = inner.modifier.type == p.AggModifierType.By
    return below and (label in inner.modifier.labels) == by


def short(node: object, most: int = 80) -> str:
    """A node's PromQL on one line, cut where it is long."""
    text = " ".join(str(node.prettify()).split())  # type: ignore[attr-defined]
    return text if len(text) <= most else f"{text[: most - 1]}…"
