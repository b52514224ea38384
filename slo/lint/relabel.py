"""What metric relabelling does to a series of which some labels are known.

Source of the semantics: Prometheus' documentation, "relabel_config".
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Step(NamedTuple):
    """One step of relabelling, with Prometheus' defaults filled in."""

    action: str
    sources: tuple[str, ...]
    separator: str
    regex: str
    target: str


class Fate(NamedTuple):
    """Whether a series is dropped, and by which step."""

    dropped: bool = False
    action: str = ""
    regex: str = ""


def fate(steps: Sequence[Step], known: Mapping[str, str]) -> Fate:
    """What surely becomes of a series; one whose name is written anew is taken to stay.

    A step that reads a label which is not known decides nothing.
    """
    for step in steps:
        if step.action in {"replace", "lowercase", "uppercase", "hashmod"} and step.target in known:
            return Fate()
        if step.action == "labelmap":
            return Fate()
        if step.action not in {"keep", "drop"} or not set(step.sources) <= set(known):
            continue
        taken = matches(step.regex, step.separator.join(known[label] for label in step.sources))
        if taken is not None and taken == (step.action == "drop"):
            return Fate(dropped=True, action=step.action, regex=step.regex)
    return Fate()


def matches(regex: str, value: str) -> bool | None:
    """Whether a regular expression takes the whole of a value; None if it can't be read."""
    try:
        return re.fullmatch(regex, value, re.DOTALL) is not None
    except (re.error, RecursionError, OverflowError):
        return None
