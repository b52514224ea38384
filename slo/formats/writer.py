"""A platform in the words of another format, and what that format could not say."""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from slo.diff import Change, compare, facts
from slo.errors import SLOError
from slo.formats import openslo_writer, pyrra_writer, python_writer, reader, sloth_writer
from slo.formats.layout import dump
from slo.formats.note import Draft, Note
from slo.model import Platform

Format = Literal["sloth", "openslo", "pyrra", "python"]

_DRAFTS: dict[str, Callable[[Platform], Draft]] = {
    "sloth": sloth_writer.draft,
    "openslo": openslo_writer.draft,
    "pyrra": pyrra_writer.draft,
}
# Rows of burn rates are one field to whoever wrote the spec.
_POLICY = "alerting.policy"
_ROWS = ("page on ", "ticket on ")


class Written(NamedTuple):
    """Text of a format, and what is not in it."""

    text: str
    notes: tuple[Note, ...] = ()


def write(platform: Platform, form: Format) -> Written:
    """The text is read back and compared with the platform, so that nothing is lost without a note.

    Raises ``SLOError`` when the format can express nothing of the platform.
    """
    if form == "python":
        return Written(python_writer.module(platform))
    documents, notes = _DRAFTS[form](platform)
    if not documents:
        reasons = "; ".join(map(str, notes)) or "it declares no SLO"
        raise SLOError(f"{platform.name}: nothing to write as {form}: {reasons}")
    text = dump(documents)
    again = reader.read_text(text, platform.name).platform
    changes = compare(facts(platform), facts(again))
    return Written(text, (*notes, *_untold(changes, notes)))


def _untold(changes: list[Change], notes: list[Note]) -> Iterable[Note]:
    """Other rows follow from another window, so they are told with it; those of one SLO are told together."""
    told = {(note.subject, note.field) for note in notes}
    gone = {note.subject for note in notes if note.field == "sli"}
    told |= {(change.subject, _POLICY) for change in changes if change.field == "window"}
    for change in changes:
        field = _POLICY if change.field.startswith(_ROWS) else change.field
        if change.subject in gone or (change.subject, field) in told:
            continue
        if field == _POLICY:
            told.add((change.subject, field))
            rows = [c for c in changes if c.subject == change.subject and c.field.startswith(_ROWS)]
            yield Note(change.subject, field, f"not carried over: {_rows(rows)}")
        else:
            yield Note(change.subject, field or "all of it", _lost(change))


def _rows(changes: list[Change]) -> str:
    return "; ".join(f"{c.field} {c.before or 'not'}, there {c.after or 'not'}" for c in changes)


def _lost(change: Change) -> str:
    if change.kind == "removed":
        return "without an SLO there is nothing to write"
    if change.kind == "added":
        return "is new when read back"
    if not change.before:
        return f"{change.after} is added"
    return f"{change.before} is not carried over{f'; it is {change.after} there' if change.after else ''}"
