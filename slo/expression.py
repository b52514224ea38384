"""PromQL as one line of canonical text: two expressions that differ in layout alone have the same."""

from datetime import timedelta
from decimal import Decimal

import promql_parser

from slo.promql import parse, quoted
from slo.units import duration, number

_MATCH = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}


def canonical(expression: str) -> str:
    """Labels and matchers in order, durations in the largest unit, and only the parentheses that nesting needs.

    Raises ``InvalidPromQLError`` when it does not parse.
    """
    return written(parse(expression))


def unwrapped(node: object) -> object:
    """A node without the parentheses around it."""
    return unwrapped(node.expr) if isinstance(node, promql_parser.ParenExpr) else node


def matchers(selector: promql_parser.VectorSelector) -> list[tuple[str, str, str]]:
    """A selector's matchers as (label, operator, value), in the order in which they are written."""
    return [(m.name, _MATCH[_variant(m.op)], m.value) for m in selector.matchers.matchers]


def written(node: object) -> str:  # noqa: PLR0911 - one return per kind of node
    """Canonical text of a node; that of the parser leaves out what a string has to escape."""
    node = unwrapped(node)
    if isinstance(node, promql_parser.BinaryExpr):
        left, op = unwrapped(node.lhs), str(node.op)
        # All but powers bind to the left, so a chain needs no parentheses there.
        chained = isinstance(left, promql_parser.BinaryExpr) and str(left.op) == op != "^"
        first = written(left) if chained else _operand(left)
        return f"{first} {op}{_matching(node.modifier)} {_operand(node.rhs)}"
    if isinstance(node, promql_parser.UnaryExpr):
        return f"-{_operand(node.expr)}"
    if isinstance(node, promql_parser.AggregateExpr):
        arguments = [written(one) for one in (node.param, node.expr) if one is not None]
        return f"{node.op}{_grouping(node.modifier)}({', '.join(arguments)})"
    if isinstance(node, promql_parser.Call):
        return f"{node.func.name}({', '.join(written(one) for one in node.args)})"
    if isinstance(node, promql_parser.SubqueryExpr):
        step, over = (duration(one) if one else "" for one in (node.step, node.range))
        return f"{_operand(node.expr)}[{over}:{step}]{_shift(node)}"
    if isinstance(node, promql_parser.MatrixSelector):
        return f"{_selector(node.vector_selector)}[{duration(node.range)}]{_shift(node.vector_selector)}"
    if isinstance(node, promql_parser.VectorSelector):
        return f"{_selector(node)}{_shift(node)}"
    if isinstance(node, promql_parser.NumberLiteral):
        value = Decimal(repr(node.val))
        return number(value) if value.is_finite() else str(value).replace("Infinity", "Inf")
    return quoted(node.val) if isinstance(node, promql_parser.StringLiteral) else str(node)


def _operand(node: object) -> str:
    text = written(node)
    return f"({text})" if isinstance(unwrapped(node), promql_parser.BinaryExpr) else text


def _selector(node: promql_parser.VectorSelector) -> str:
    either = [node.matchers.matchers, *node.matchers.or_matchers]
    inner = " or ".join(
        ",".join(sorted(f"{m.name}{_MATCH[_variant(m.op)]}{quoted(m.value)}" for m in group))
        for group in either
        if group
    )
    return f"{node.name or ''}{{{inner}}}" if inner or not node.name else str(node.name)


def _shift(node: promql_parser.VectorSelector | promql_parser.SubqueryExpr) -> str:
    at = f" {node.at}" if node.at else ""
    offset: timedelta | None = node.offset
    if not offset:
        return at
    return f"{at} offset {'-' if offset < timedelta(0) else ''}{duration(abs(offset))}"


def _grouping(modifier: promql_parser.AggModifier | None) -> str:
    if modifier is None:
        return ""
    word = "by" if _variant(modifier.type) == "By" else "without"
    labels = ", ".join(sorted(modifier.labels))
    return f" {word} ({labels}) " if labels or word == "without" else ""


def _matching(modifier: promql_parser.BinModifier | None) -> str:
    if modifier is None:
        return ""
    text = " bool" if modifier.return_bool else ""
    if modifier.matching is not None:
        word = "on" if _variant(modifier.matching.type) == "Include" else "ignoring"
        text += f" {word} ({', '.join(sorted(modifier.matching.labels))})"
    side = {"ManyToOne": "group_left", "OneToMany": "group_right"}.get(_variant(modifier.card))
    return f"{text} {side} ({', '.join(sorted(modifier.group_labels or []))})" if side else text


def _variant(value: object) -> str:
    return str(value).rpartition(".")[2]
