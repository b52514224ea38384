"""Changes as text that a person can take in at once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import attrgetter

from slo.diff.change import Change, Facts

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
# A longer value has a line of its own, so that the two stand below each other.
_SHORT = 40
_LONGEST = 200


def text(changes: list[Change], before: Facts, after: Facts) -> str:
    """A paragraph per subject and a sum; no change is a line of its own."""
    if not changes:
        return "no difference\n"
    lines: list[str] = []
    kinds: Counter[str] = Counter()
    for subject, group in groupby(changes, attrgetter("subject")):
        several = list(group)
        kind = several[0].kind
        kinds[kind] += 1
        told = {"added": after, "removed": before}.get(kind, {}).get(subject, {})
        lines.append(f"{_SIGNS[kind]} {subject}{_about(told)}")
        width = max(len(change.field) for change in several)
        lines += [line for change in several if change.field for line in _change(change, width)]
    lines.append(", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())))
    return "".join(f"{line}\n" for line in lines)


def _about(told: Mapping[str, str]) -> str:
    if not {"objective", "window"} <= set(told):
        return ""
    return f": {told['objective']} % over {told['window']}"


def _change(change: Change, width: int) -> Iterable[str]:
    before, after = (_cut(value, other) for value, other in _pair(change))
    if max(len(before), len(after)) <= _SHORT:
        yield f"    {change.field:<{width}}  {before or '(none)'} -> {after or '(none)'}"
        return
    yield f"    {change.field}"
    yield from (f"      {sign} {value}" for sign, value in (("-", before), ("+", after)) if value)


def _pair(change: Change) -> tuple[tuple[str, str], tuple[str, str]]:
    return (change.before, change.after), (change.after, change.before)


def _cut(value: str, other: str) -> str:
    """The part that differs, of a value that is too long to be read."""
    if len(value) <= _LONGEST:
        return value
    start = next((i for i, (a, b) in enumerate(zip(value, other, strict=False)) if a != b), 0)
    begin = max(0, start - _LONGEST // 4)
    end = begin + _LONGEST
    return f"{'…' if begin else ''}{value[begin:end]}{'…' if end < len(value) else ''}"
