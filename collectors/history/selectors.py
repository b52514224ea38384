"""Selectors of many SLOs as one, and which of a server's series each of them takes."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

import promql_parser

from collectors.history.wire import Matcher
from slo.promql import parse, quoted

NAME = "__name__"
# Go's RE2 refuses some of what `re.escape` escapes.
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
_OPERATORS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}


class Selector:
    """An instant vector selector, matched as Prometheus does: patterns take the whole value, no label is ``""``."""

    def __init__(self, text: str) -> None:
        self.text = text
        tree = parse(text)
        if not isinstance(tree, promql_parser.VectorSelector):
            raise ValueError(f"{text}: expected a selector")  # noqa: TRY004 - a wrong value, not a wrong type
        named = [(NAME, "=", tree.name)] if tree.name else []
        self.matchers: tuple[Matcher, ...] = (
            *named,
            *((m.name, _OPERATORS[str(m.op).rpartition(".")[2]], m.value) for m in tree.matchers.matchers),
        )

    @cached_property
    def local(self) -> bool:
        """Whether its patterns mean the same here as in Go's RE2."""
        try:
            return self._patterns is not None
        except re.error:
            return False

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        return {v: re.compile(v, re.DOTALL) for _, op, v in self.matchers if op.endswith("~")}

    def takes(self, labels: Mapping[str, str]) -> bool:
        """Whether a series is one of those that it selects."""
        for label, operator, wanted in self.matchers:
            value = labels.get(label, "")
            equal = (
                self._patterns[wanted].fullmatch(value) is not None
                if operator.endswith("~")
                else value == wanted
            )
            if equal == operator.startswith("!"):
                return False
        return True


def union(selectors: Iterable[Selector]) -> list[Matcher]:
    """Matchers that take all that any of them takes: each label that all of them ask for, with all that they ask."""
    asked = [_positive(one) for one in selectors]
    shared = [label for label in asked[0] if all(label in one for one in asked)]
    found: list[Matcher] = []
    for label in shared:
        values = list(dict.fromkeys(one[label] for one in asked))
        if len(values) == 1 and values[0][0] == "=":
            found.append((label, "=", values[0][1]))
        else:
            patterns = (
                _SPECIAL.sub(r"\\\g<0>", v) if operator == "=" else f"(?:{v})" for operator, v in values
            )
            found.append((label, "=~", "|".join(dict.fromkeys(patterns))))
    return found


def written(matchers: Iterable[Matcher]) -> str:
    """Matchers as PromQL."""
    return "{" + ",".join(f"{label}{operator}{quoted(value)}" for label, operator, value in matchers) + "}"


def exactly(series: Iterable[Mapping[str, str]], labels: tuple[str, ...]) -> list[Matcher]:
    """Matchers that take series like these, as far as some labels tell."""
    several = [
        Selector("{" + ",".join(f"{name}={quoted(one[name])}" for name in labels if one.get(name)) + "}")
        for one in series
    ]
    return union(several)


def _positive(one: Selector) -> dict[str, tuple[str, str]]:
    """What it asks of each label, where that can't be met by a series without the label."""
    return {
        label: (operator, value)
        for label, operator, value in one.matchers
        if (operator == "=" and value) or (operator == "=~" and one.local and not re.fullmatch(value, ""))
    }
