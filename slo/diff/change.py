"""Facts about subjects, and what of them differs."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

Facts = Mapping[str, Mapping[str, str]]
"""Of each subject (an SLO's id, ``service NAME``, ``platform``), each field's value in words."""


class Change(NamedTuple):
    """A subject that is new or gone, or a field of one that both sides have; "" is no such field."""

    kind: Literal["added", "removed", "changed"]
    subject: str
    field: str = ""
    before: str = ""
    after: str = ""


def compare(before: Facts, after: Facts) -> list[Change]:
    """All changes: subjects in the order of ``before``, then those that are new."""
    return list(_changes(before, after))


def _changes(before: Facts, after: Facts) -> Iterable[Change]:
    for subject in dict.fromkeys([*before, *after]):
        if subject not in after:
            yield Change("removed", subject)
        elif subject not in before:
            yield Change("added", subject)
        else:
            old, new = before[subject], after[subject]
            for field in dict.fromkeys([*old, *new]):
                if old.get(field, "") != new.get(field, ""):
                    yield Change("changed", subject, field, old.get(field, ""), new.get(field, ""))
