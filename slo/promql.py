"""PromQL: parse checks and the few ways in which we build expressions."""

import promql_parser

from slo.errors import InvalidPromQLError


def parse(expression: str) -> promql_parser.Expr:
    """The syntax tree of an expression; ``InvalidPromQLError`` when it does not parse."""
    try:
        return promql_parser.parse(expression)
    except ValueError as error:
        raise InvalidPromQLError(expression, str(error)) from error


def selector(expression: str) -> str:
    """The expression, if it is an instant vector selector such as ``errors_total{code="5"}``."""
    if not isinstance(parse(expression), promql_parser.VectorSelector):
        raise InvalidPromQLError(expression, "expected a metric selector without functions, range or offset")
    return expression


def quoted(value: str) -> str:
    """A label value as a PromQL string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def metrics(expression: str) -> frozenset[str]:
    """Names of the metrics that an expression reads."""
    names: set[str] = set()
    _walk(parse(expression), names)
    return frozenset(names)


def _walk(node: object, names: set[str]) -> None:
    if isinstance(node, promql_parser.VectorSelector):
        if node.name:
            names.add(node.name)
        return
    for attribute in ("expr", "lhs", "rhs", "vector_selector"):
        child = getattr(node, attribute, None)
        if child is not None:
            _walk(child, names)
    for argument in getattr(node, "args", None) or []:
        _walk(argument, names)
