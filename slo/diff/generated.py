"""Facts of generated rules, parsed back from what Prometheus loads."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import promql_parser

from slo import names
from slo.diff.change import Facts
from slo.errors import InvalidPromQLError
from slo.expression import canonical, unwrapped, written
from slo.promql import parse
from slo.units import number

# What these record follows from the objective and the window, which are facts already.
_DERIVED = frozenset({names.ERROR_BUDGET, names.PERIOD_DAYS, names.CURRENT_BURN_RATE, names.PERIOD_SPENT})
_RATIO = re.compile(r"slo:sli_error:ratio_rate(\w+)")
_IDS = frozenset({names.SLO_ID, names.SLO_SERVICE, names.SLO_NAME})


def generated_facts(rules: Iterable[Mapping[str, Any]]) -> Facts:
    """Of each SLO that rules carry the id of; those without one are facts of ``rules``.

    An alert on burn rates is told row by row: which windows, above which error ratio.
    """
    found: dict[str, dict[str, str]] = {}
    for rule in sorted(rules, key=lambda rule: "alert" in rule):
        subject = str((rule.get("labels") or {}).get(names.SLO_ID, "rules"))
        mine = found.setdefault(subject, {})
        for field, text in _rule(rule, mine):
            mine[field] = f"{mine[field]}; {text}" if field in mine and mine[field] != text else text
    return found


def _rule(rule: Mapping[str, Any], known: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    record, expr, labels = str(rule.get("record", "")), str(rule.get("expr", "")), rule.get("labels") or {}
    if record == names.OBJECTIVE:
        yield "objective", _percent(expr)
    elif record == names.INFO:
        own = {name: str(value) for name, value in labels.items() if name not in _IDS}
        # The objective is told by its record.
        yield from ((name, own[name]) for name in own if name != "objective")
    elif record and record not in _DERIVED:
        yield record, _canonical(expr)
    elif "alert" in rule:
        shared = {"team": known.get("owner", ""), **known}
        yield from _alert(rule, {n: v for n, v in labels.items() if str(v) != shared.get(n)})


def _alert(rule: Mapping[str, Any], labels: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """``labels`` are those that say more than the SLO's own."""
    severity, spent = str(labels.get("severity", "")), labels.get("spent")
    place = f"{rule['alert']} {spent} %" if spent else str(rule["alert"])
    rows = list(_rows(str(rule.get("expr", ""))))
    for windows, limit in rows:
        yield f"{severity} on {windows}", limit
    yield f"{place}.severity", severity
    if not rows:
        yield f"{place}.expr", _canonical(str(rule.get("expr", "")))
    for name in ("for", "keep_firing_for"):
        if name in rule:
            yield f"{place}.{name}", str(rule[name])
    for name, value in labels.items():
        if name not in _IDS | {"severity", "spent"}:
            yield f"{place}.labels.{name}", str(value)
    for name, value in (rule.get("annotations") or {}).items():
        # The description restates the objective and the budget.
        if name != "description":
            yield f"{place}.annotations.{name}", str(value)


def _rows(expr: str) -> Iterable[tuple[str, str]]:
    """(windows, limit) of each alternative that compares recorded error ratios with one limit."""
    try:
        tree = parse(expr)
    except InvalidPromQLError:
        return
    for part in _split(tree, "or"):
        windows, limits, others = [], [], []
        for condition in _split(part, "and"):
            ratio = _RATIO.search(written(condition))
            bare = unwrapped(condition)
            if ratio and isinstance(bare, promql_parser.BinaryExpr) and str(bare.op) == ">":
                windows.append(ratio[1])
                limits.append(written(bare.rhs))
            else:
                others.append(written(condition))
        if len(windows) > 1 and len(set(limits)) == 1:
            yield " and ".join(windows), " and ".join([f"> {limits[0]}", *others])


def _split(node: object, op: str) -> Iterable[object]:
    bare = unwrapped(node)
    if isinstance(bare, promql_parser.BinaryExpr) and str(bare.op) == op:
        yield from _split(bare.lhs, op)
        yield from _split(bare.rhs, op)
    else:
        yield node


def _canonical(expr: str) -> str:
    try:
        return canonical(expr)
    except InvalidPromQLError:
        return " ".join(expr.split())


def _percent(expr: str) -> str:
    """``vector(0.999)`` as 99.9."""
    try:
        return number(Decimal(expr.removeprefix("vector(").removesuffix(")")) * 100)
    except InvalidOperation:
        return _canonical(expr)
