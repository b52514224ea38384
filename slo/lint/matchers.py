"""What one selector says of another: whether it takes a part of its series, or none of them.

Of a regular expression that is no list of plain values, it is tried which of the usual values it takes.
"""

import re
from typing import NamedTuple

import promql_parser as p

from slo.lint.tree import selectors

# HTTP and gRPC codes, classes, and words of outcomes.
_USUAL = (
    *(str(code) for code in (*range(17), 200, 201, 202, 204, 206, 301, 302, 304, 307, 308)),
    *(str(code) for code in (400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 422, 425, 429, 431, 451, 499)),
    *(str(code) for code in (500, 501, 502, 503, 504, 507, 508, 520, 599)),
    *(f"{first}xx" for first in range(1, 6)),
    *[
        "ok",
        "OK",
        "success",
        "succeeded",
        "completed",
        "failed",
        "failure",
        "error",
        "timeout",
        "canceled",
        "true",
        "false",
        "GET",
        "POST",
        "Internal",
    ],
)
_LISTED = re.compile(r"(?:\w|[ /:|-]|\\\.|\[\.\])*")

_OPERATORS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
_OPPOSITE = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}

Matcher = tuple[str, str, str]
"""Label, operator (=, !=, =~ or !~) and value."""


class Pick(NamedTuple):
    """A metric and its matchers."""

    metric: str
    matchers: tuple[Matcher, ...]

    def of(self, label: str) -> tuple[Matcher, ...]:
        """The matchers of one label."""
        return tuple(m for m in self.matchers if m[0] == label)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that matchers name."""
        return tuple(dict.fromkeys(name for name, _, _ in self.matchers))

    def equal(self) -> dict[str, str]:
        """Labels whose value is known."""
        return {name: value for name, op, value in self.matchers if op == "="}


def pick(selector: p.VectorSelector) -> Pick:
    """What a selector of the syntax tree takes; alternatives (``or``) make it one that takes more."""
    both = [] if selector.matchers.or_matchers else selector.matchers.matchers
    matchers = [(m.name, _OPERATORS[str(m.op).rpartition(".")[2]], m.value) for m in both]
    names = [value for name, op, value in matchers if name == "__name__" and op == "="]
    name = selector.name or (names[0] if names else "")
    return Pick(name, tuple(sorted(m for m in matchers if m[0] != "__name__")))


def single(node: object) -> Pick | None:
    """The only selector below a node, if it has a metric's name."""
    found = selectors(node)
    return pick(found[0]) if len(found) == 1 and pick(found[0]).metric else None


def takes(matcher: Matcher, value: str) -> bool | None:
    """Whether a matcher takes a value; None if its expression is not one that we can read."""
    _, op, wanted = matcher
    if op in {"=", "!="}:
        return (value == wanted) == (op == "=")
    try:
        return bool(re.fullmatch(wanted, value, re.DOTALL)) == (op == "=~")
    except (re.error, RecursionError, OverflowError):
        return None


def implies(part: Pick, whole: Pick) -> bool | None:
    """Whether all that ``part`` takes is taken by ``whole``; None where it can't be told."""
    if part.metric != whole.metric:
        return None
    verdicts = [_implied(part.of(m[0]), m) for m in whole.matchers]
    if False in verdicts:
        return False
    return None if None in verdicts else True


def disjoint(one: Pick, other: Pick) -> bool:
    """Whether some label makes it sure that no series is taken by both."""
    if one.metric != other.metric:
        return False
    return any(_apart(one.of(label), other.of(label)) for label in {*one.labels, *other.labels})


def values(matchers: tuple[Matcher, ...]) -> list[str] | None:
    """The values that the matchers of one label take, if they are few and named."""
    for _, op, value in matchers:
        if op == "=":
            return [value]
        if op == "=~" and _LISTED.fullmatch(value):
            return [part.replace("\\.", ".").replace("[.]", ".") for part in value.split("|")]
    return None


def _implied(own: tuple[Matcher, ...], wanted: Matcher) -> bool | None:
    if wanted in own:
        return True
    named = values(own)
    if named is not None:
        taken = [takes(wanted, v) for v in named if all(takes(m, v) is not False for m in own)]
        return None if None in taken else all(taken)
    if own:
        usual = [v for v in _USUAL if all(takes(m, v) for m in own)]
        return False if any(takes(wanted, v) is False for v in usual) else None
    # Nothing is said of the label: then other values than those wanted are taken as well.
    anything = wanted[1] in {"=~", "!~"} and takes(wanted, "") and takes(wanted, "\x01any")
    return bool(anything)


def _apart(own: tuple[Matcher, ...], others: tuple[Matcher, ...]) -> bool:
    if any((m[0], _OPPOSITE[m[1]], m[2]) in others for m in own):
        return True
    for first, second in ((own, others), (others, own)):
        named = values(first)
        if named is not None and second:
            return all(any(takes(m, v) is False for m in (*first, *second)) for v in named)
    taken = [{v for v in _USUAL if all(takes(m, v) for m in some)} for some in (own, others)]
    return bool(own and others and all(taken) and not taken[0] & taken[1])
