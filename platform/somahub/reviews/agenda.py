"""What of a review is looked at first, and what is looked at closely."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from somahub.reviews.model import Action, Change, Review, Row
from somahub.reviews.words import key

Standing = Literal["missed", "at risk", "unknown", "met"]
"""``at risk``: met so far, but the policy asks for action, or by its forecast or for all that is unknown it may be missed."""

ORDER: dict[Standing, int] = {"missed": 0, "at risk": 1, "unknown": 2, "met": 3}
_TENTH = 0.1


class Cause(NamedTuple):
    """What cost most, in words, and the rows that it cost so; both dearest first."""

    words: str
    rows: tuple[Row, ...]


def standing(row: Row) -> Standing:
    """How a budget stands."""
    if row.adjusted.verdict != "met":
        return row.adjusted.verdict
    doubtful = not row.completeness.certain or (row.forecast is not None and row.forecast.low < 0)
    return "at risk" if doubtful or row.actions else "met"


def ordered(rows: Iterable[Row]) -> list[Row]:
    """Missed ones first, and of each standing the one that spent most."""
    return sorted(rows, key=lambda row: (ORDER[standing(row)], -(row.adjusted.spent or 0), key(row)))


def discussed(row: Row) -> bool:
    """Whether there is anything to talk about: a miss, a risk, an incident, another objective than before."""
    return standing(row) in {"missed", "at risk"} or bool(row.incidents) or len(row.objectives) > 1


def causes(rows: Iterable[Row]) -> list[Cause]:
    """What was missed, by cause."""
    found: dict[str, list[Row]] = {}
    for row in ordered(rows):
        if row.adjusted.verdict == "missed":
            found.setdefault(row.cause or "No cause is known", []).append(row)
    return [Cause(words, tuple(one)) for words, one in found.items()]


def due(rows: Iterable[Row]) -> list[tuple[Action, list[Row]]]:
    """What the error budget policy asks for, the strictest first, and of which rows."""
    found: dict[Action, list[Row]] = {}
    for row in ordered(rows):
        for action in row.actions:
            found.setdefault(action, []).append(row)
    return sorted(found.items(), key=lambda one: -one[0].spent)


def changes(review: Review) -> list[Change]:
    """What a comparison is read for: other verdicts, and budgets of which a tenth more or less was spent."""
    return [one for one in (review.comparison.rows if review.comparison else ()) if _changed(one)]


def _changed(one: Change) -> bool:
    if one.before is None or one.after is None or one.before.verdict != one.after.verdict:
        return True
    return abs((one.before.spent or 0) - (one.after.spent or 0)) >= _TENTH
