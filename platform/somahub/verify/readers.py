"""Who reads metrics: every rule, alert and dashboard panel that is generated from a spec."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

import promql_parser as p

from dashboards import ANYTHING, Board, all_boards, filled
from slo import names
from slo.lint.matchers import Pick, pick
from slo.lint.tree import binary, call, children, selectors
from slo.model import Platform
from slo.promql import parse
from slo.rules import Rule
from somahub.generate import groups

_ABSENCE = frozenset({"absent", "absent_over_time"})


class Reader(NamedTuple):
    """A rule or a panel: what it selects, and without which of that it says nothing.

    ``service`` is whose it is; ``labels`` are those of what a rule writes, with the id of its SLO.
    """

    kind: Literal["record", "alert", "panel"]
    name: str
    service: str
    labels: Mapping[str, str]
    reads: frozenset[Pick]
    needs: frozenset[Pick]

    @property
    def slo(self) -> str:
        """The id of the SLO, if it is one's."""
        return self.labels.get(names.SLO_ID, "")

    @property
    def said(self) -> str:
        """The name that tells it from others."""
        return f"{self.name} of {self.slo}" if self.slo else self.name


def readers(platform: Platform) -> list[Reader]:
    """All readers of a platform: rules in the order of their files, then panels."""
    found = [
        _of_rule(service, rule)
        for service, own in groups(platform).items()
        for group in own
        for rule in group.rules
    ]
    for board in all_boards(platform):
        found += _of_board(board)
    return found


def by_selector(found: Iterable[Reader]) -> dict[Pick, list[Reader]]:
    """Readers by what they select."""
    by: dict[Pick, list[Reader]] = defaultdict(list)
    for reader in found:
        for one in reader.reads:
            by[one].append(reader)
    return by


def _of_rule(service: str, rule: Rule) -> Reader:
    return Reader(
        "alert" if rule.alert else "record",
        rule.alert or rule.record,
        service,
        rule.labels,
        *_selected(rule.expr),
    )


def _of_board(board: Board) -> Iterator[Reader]:
    for panel in board.panels:
        reads, needs = frozenset[Pick](), frozenset[Pick]()
        for query in panel.queries:
            if query.source == "prometheus":
                all_of_it, needed = _selected(filled(query.text))
                reads, needs = reads | all_of_it, needs | needed
        if reads:
            yield Reader("panel", f"{board.title} / {panel.title}", board.service, {}, reads, needs)


@lru_cache(maxsize=4096)
def _selected(expression: str) -> tuple[frozenset[Pick], frozenset[Pick]]:
    tree = parse(expression)
    needed = frozenset(_open(pick(selector)) for selector in _needed(tree))
    return frozenset(_open(pick(selector)) for selector in selectors(tree)), needed


def _needed(node: object) -> Iterator[p.VectorSelector]:
    """Selectors whose loss silences an expression: not what it only tells the absence of."""
    if isinstance(node, p.VectorSelector):
        yield node
    elif call(node) in _ABSENCE:
        return
    elif isinstance(node, p.BinaryExpr) and binary(node, "unless"):
        yield from _needed(node.lhs)
    else:
        for child in children(node):
            yield from _needed(child)


def _open(one: Pick) -> Pick:
    """A variable may have any value."""
    return one._replace(matchers=tuple(m for m in one.matchers if ANYTHING not in m[2]))
