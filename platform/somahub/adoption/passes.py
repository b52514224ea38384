"""The order in which recording rules can be evaluated over the past.

A live server evaluates all rules at one moment, then at the next. Over the past, each rule is evaluated for all
moments at once, so what it reads must have been recorded for all of them: rules go in passes. The first pass reads
raw metrics from their own server; every later pass reads records alone, from where the passes before it are kept. A
rule that mixes the two reads the definitions of the records instead.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

import promql_parser

from slo.errors import SLOError
from slo.promql import parse
from slo.rules import Group, Rule

_EQUAL = "MatchOp.Equal"


class _Read(NamedTuple):
    """A selector of an expression: the metric, and the labels that it asks to be equal to something."""

    metric: str
    equal: tuple[tuple[str, str], ...]

    def takes(self, rule: Rule) -> bool:
        """Whether the rule may record what is read here."""
        return rule.record == self.metric and all(rule.labels.get(k, v) == v for k, v in self.equal)


def passes(groups: Iterable[Group]) -> list[tuple[Group, ...]]:
    """The recording rules in the order of their evaluation; a group keeps its name and interval in each pass.

    Raises ``SLOError`` for rules that read each other, or that mix raw metrics and the past of records.
    """
    kept = [g._replace(rules=tuple(r for r in g.rules if r.record)) for g in groups]
    every = [rule for group in kept for rule in group.rules]
    by_name: dict[str, list[Rule]] = {}
    for rule in every:
        by_name.setdefault(rule.record, []).append(rule)
    depths: dict[int, int] = {}
    written: dict[int, Rule] = {}

    def depth(rule: Rule, above: tuple[int, ...] = ()) -> int:
        """0: reads nothing that is recorded."""
        key = id(rule)
        if key in above:
            raise SLOError(f"rules: {rule.record} reads itself")
        if key not in depths:
            needs, raw = _needs(rule, by_name)
            for need in needs:
                depth(need, (*above, key))
            mixed = raw and bool(needs)
            written[key] = _written_out(rule, [written[id(n)] for n in needs]) if mixed else rule
            if mixed and _needs(written[key], by_name)[0]:
                raise SLOError(
                    f"rules: {rule.record} mixes raw metrics and past records; its past can't be written"
                )
            depths[key] = 0 if raw or not needs else 1 + max(depths[id(n)] for n in needs)
        return depths[key]

    for rule in every:
        depth(rule)
    return [
        tuple(
            group._replace(rules=own)
            for group in kept
            if (own := tuple(written[id(r)] for r in group.rules if depths[id(r)] == number))
        )
        for number in range(1 + max(depths.values(), default=-1))
    ]


def _needs(rule: Rule, by_name: dict[str, list[Rule]]) -> tuple[list[Rule], bool]:
    """The rules whose records a rule reads, and whether it reads anything else."""
    found: list[_Read] = []
    _collect(parse(rule.expr), found)
    needs, raw = [], False
    for read in found:
        recorded = [r for r in by_name.get(read.metric, ()) if read.takes(r)]
        needs += [r for r in recorded if r not in needs]
        raw = raw or not recorded
    return needs, raw


def _written_out(rule: Rule, needs: list[Rule]) -> Rule:
    """A rule that reads raw metrics alone: what records it reads are there by their definitions."""
    expr = rule.expr
    for need in needs:
        matchers = r"\{[^{}]*\}" if need.labels else r"(?:\{[^{}]*\})?"
        selector = re.compile(rf"(?<![\w:]){re.escape(need.record)}{matchers}(?!\s*\[|\s*(?:offset|@))")

        def defined(match: re.Match[str], need: Rule = need) -> str:
            reads: list[_Read] = []
            _collect(parse(match[0]), reads)
            return f"({need.expr})" if reads[0].takes(need) else match[0]

        expr = selector.sub(defined, expr)
    return rule._replace(expr=expr)


def _collect(node: object, found: list[_Read]) -> None:
    if isinstance(node, promql_parser.VectorSelector):
        matchers = node.matchers.matchers
        named = [m.value for m in matchers if m.name == "__name__" and str(m.op) == _EQUAL]
        equal = tuple((m.name, m.value) for m in matchers if str(m.op) == _EQUAL and m.name != "__name__")
        found.append(_Read(node.name or next(iter(named), ""), equal))
        return
    for attribute in ("expr", "lhs", "rhs", "vector_selector"):
        child = getattr(node, attribute, None)
        if child is not None:
            _collect(child, found)
    for argument in getattr(node, "args", None) or []:
        _collect(argument, found)
