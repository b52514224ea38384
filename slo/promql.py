"""PromQL: parse checks and the few ways in which we build expressions."""

import re

import promql_parser

from slo.errors import InvalidPromQLError

# Sloth's specs mark a range so.
_WINDOW = re.compile(r"\{\{\s*\.window\s*\}\}")
_DEEPEST = 2000
_LEVEL = re.compile(r"[(+\-*/%^<>=]|\b(?:or|and|unless)\b")
_COMPARISONS = frozenset({">", "<", ">=", "<=", "==", "!="})


def parse(expression: str) -> promql_parser.Expr:
    """The syntax tree of an expression; ``InvalidPromQLError`` when it does not parse."""
    # The parser's own stack ends the process at some thousands of levels.
    if len(expression) > _DEEPEST and len(_LEVEL.findall(expression)) > _DEEPEST:
        raise InvalidPromQLError(f"{expression[:40]}…", f"more than {_DEEPEST} operators and brackets")
    try:
        return promql_parser.parse(expression)
    except ValueError as error:
        raise InvalidPromQLError(expression, str(error)) from error


def selector(expression: str) -> str:
    """The expression, if it is an instant vector selector such as ``errors_total{code="5"}``."""
    tree = parse(expression)
    if not isinstance(tree, promql_parser.VectorSelector) or tree.offset or tree.at:
        raise InvalidPromQLError(expression, "expected a metric selector without functions, range or offset")
    return expression


def over(query: str, window: str) -> str:
    """The query with its window filled in, where it has the mark for one: ``rate(x[{{.window}}])``."""
    return _WINDOW.sub(window, query)


def query(expression: str) -> str:
    """The expression, if it is PromQL once its window is filled in."""
    parse(over(expression, "5m"))
    return expression


def events(expression: str) -> str:
    """The expression, if it is the selector of a counter, or a query of a rate with ``{{.window}}``."""
    return query(expression) if is_query(expression) else selector(expression)


def is_query(expression: str) -> bool:
    """Whether the expression has the mark for a window."""
    return _WINDOW.search(expression) is not None


def comparison(expression: str) -> str:
    """The left side of a comparison such as ``latency > 0.5``: what is known whether it holds or not."""
    tree = parse(expression)
    if isinstance(tree, promql_parser.BinaryExpr) and str(tree.op) in _COMPARISONS:
        return str(tree.lhs.prettify())
    raise InvalidPromQLError(expression, "expected a comparison such as latency > 0.5")


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
