"""Checks of rule files that people wrote by hand: rules that load, and then mislead.

The faults are ones that were found in real rule files.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import promql_parser
import yaml

from slo.errors import InvalidPromQLError, SpecNotFoundError
from slo.lint.finding import Finding
from slo.promql import parse

_RATES = frozenset({"rate", "irate", "increase"})
_CHILDREN = ("expr", "lhs", "rhs")
_ALWAYS = {">": lambda limit: limit < 0, ">=": lambda limit: limit <= 0}


def is_rule_file(path: Path) -> bool:
    """Whether a YAML file holds rule groups rather than a spec."""
    try:
        body = next(iter(yaml.safe_load_all(path.read_text(encoding="utf-8"))), None)
    except (yaml.YAMLError, UnicodeDecodeError, OSError):
        return False
    return isinstance(body, dict) and "groups" in body


def lint_rules(path: Path) -> list[Finding]:
    """Everything found in a rule file; ``SpecNotFoundError`` if it is not YAML."""
    try:
        documents = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise SpecNotFoundError(str(path), f"not YAML: {' '.join(str(error).split())}") from error
    found = []
    if len([d for d in documents if d]) > 1:
        message = (
            f"holds {len(documents)} documents; Prometheus reads the first and drops the others in silence"
        )
        found.append(Finding("error", str(path), "documents", message))
    rules = [
        (f"{path}: {group.get('name')}: {rule.get('alert') or rule.get('record')}", rule)
        for document in documents
        if document
        for group in document.get("groups", [])
        for rule in group.get("rules", [])
    ]
    for place, rule in rules:
        found += _rule(place, rule)
    return found + list(_names(str(path), [rule for _, rule in rules if "alert" in rule]))


def _names(path: str, alerts: list[dict[str, Any]]) -> Iterable[Finding]:
    severities: dict[str, set[str]] = {}
    for alert in alerts:
        severities.setdefault(alert["alert"], set()).add(str(alert.get("labels", {}).get("severity")))
    for name, several in sorted(severities.items()):
        if len(several) > 1:
            message = (
                f"has the severities {', '.join(sorted(several))}: routes and silences can't tell them apart"
            )
            yield Finding("warning", f"{path}: {name}", "severities", message)


def _rule(place: str, rule: dict[str, Any]) -> Iterable[Finding]:
    try:
        tree = parse(str(rule.get("expr", "")))
    except InvalidPromQLError as error:
        yield Finding("error", place, "promql", str(error))
        return
    for node in _nodes(tree):
        if isinstance(node, promql_parser.BinaryExpr):
            yield from _binary(place, node, alert="alert" in rule)
    if "alert" not in rule:
        return
    annotations, labels = rule.get("annotations") or {}, rule.get("labels") or {}
    if not any("runbook" in name for name in annotations):
        yield Finding(
            "warning", place, "runbook", "has no runbook_url: who is paged at night has nothing to go by"
        )
    if not {"team", "owner"} & set(labels):
        yield Finding("warning", place, "team", "has no team label: nothing tells whom to route it to")
    if not labels.get("severity"):
        yield Finding(
            "warning", place, "severity", "has no severity label: a page and a ticket look the same"
        )


def _binary(place: str, node: promql_parser.BinaryExpr, *, alert: bool) -> Iterable[Finding]:
    op = str(node.op)
    if op == "/" and _rated(node.lhs) and _rated(node.rhs):
        message = (
            f"divides series by series: {node.prettify()}: a series of errors is divided by itself and is 1; "
            "aggregate both sides"
        )
        yield Finding("error", place, "ratio-by-series", message)
    limit = _number(node.rhs)
    if alert and op in _ALWAYS and limit is not None and _ALWAYS[op](limit):
        yield Finding(
            "error", place, "always", f"{op} {limit:g} holds for whatever is counted, so it always fires"
        )
    if op == "or" and _call(node.rhs) == "vector" and "/" in _operators(node.lhs):
        message = "gives a ratio a value where there is no data: a lost metric looks like a result"
        yield Finding("warning", place, "no-data", message)


def _nodes(node: object) -> Iterator[object]:
    yield node
    for name in _CHILDREN:
        child = getattr(node, name, None)
        if child is not None:
            yield from _nodes(child)
    for argument in getattr(node, "args", None) or []:
        yield from _nodes(argument)


def _bare(node: object) -> object:
    return _bare(node.expr) if isinstance(node, promql_parser.ParenExpr) else node


def _call(node: object) -> str:
    bare = _bare(node)
    return str(bare.func.name) if isinstance(bare, promql_parser.Call) else ""


def _rated(node: object) -> bool:
    return _call(node) in _RATES


def _number(node: object) -> float | None:
    bare = _bare(node)
    if isinstance(bare, promql_parser.UnaryExpr):
        inner = _number(bare.expr)
        return None if inner is None else -inner
    return float(bare.val) if isinstance(bare, promql_parser.NumberLiteral) else None


def _operators(node: object) -> set[str]:
    return {str(n.op) for n in _nodes(node) if isinstance(n, promql_parser.BinaryExpr)}
