"""PromQL: parse checks and the few ways in which we build expressions."""

import re

import promql_parser

from slo.errors import InvalidPromQLError

# Sloth's specs mark a range so.
_WINDOW = re.compile(r"\{\{\s*\.window\s*\}\}")
_PLAIN = re.compile(rf"sum\s*\(\s*rate\s*\((.+)\[\s*{_WINDOW.pattern}\s*\]\s*\)\s*\)", re.DOTALL)
_STRING = re.compile(r""" "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' """, re.VERBOSE)
_OPERATOR = re.compile(r"[-+*/%^<>=!]|\b(?:and|or|unless|atan2)\b")
_DEEPEST, _OPERATORS = 100, 500
_COMPARISONS = frozenset({">", "<", ">=", "<=", "==", "!="})


def parse(expression: str) -> promql_parser.Expr:
    """The syntax tree of an expression; ``InvalidPromQLError`` when it does not parse."""
    if _too_deep(expression):
        raise InvalidPromQLError(expression[:40], "nested too deeply")
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
    """The expression, if it is PromQL once its window is filled in, and gives series."""
    vector(over(expression, "5m"))
    return expression


def vector(expression: str) -> str:
    """The expression, if it gives an instant vector: it is aggregated, which no scalar, text or range can be."""
    parse(expression)
    try:
        promql_parser.parse(f"sum({expression}\n)")
    except ValueError as error:
        raise InvalidPromQLError(expression, "expected series, not a number, a text or a range") from error
    return expression


def events(expression: str) -> str:
    """The expression, if it is the selector of a counter, or a query of a rate with ``{{.window}}``.

    A query that is no more than the summed rate of a selector is the selector, whose raw samples can be counted.
    """
    if plain := _PLAIN.fullmatch(expression.strip()):
        try:
            return selector(plain[1].strip())
        except InvalidPromQLError:
            pass
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
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def metrics(expression: str) -> frozenset[str]:
    """Names of the metrics that an expression reads."""
    names: set[str] = set()
    _walk(parse(expression), names)
    return frozenset(names)


def _too_deep(expression: str) -> bool:
    """The parser is native code and recursive: what nests without end would end the process."""
    depth, deepest = 0, 0
    bare = _STRING.sub("", expression)
    for character in bare:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    return deepest > _DEEPEST or len(_OPERATOR.findall(bare)) > _OPERATORS


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
