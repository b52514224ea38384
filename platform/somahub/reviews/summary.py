"""A review in a few lines, for a terminal or a mail."""

from collections.abc import Iterator

from somahub.reviews import words
from somahub.reviews.agenda import causes
from somahub.reviews.model import Review


def summary(review: Review) -> Iterator[str]:
    """How many objectives were met, and each that was missed with its cause and cost."""
    verdicts = [row.adjusted.verdict for row in review.rows]
    told = ", ".join(f"{verdicts.count(v)} {v}" for v in ("missed", "unknown", "met"))
    yield f"{words.title(review.period)}: {told}"
    for cause in causes(review.rows):
        for row in cause.rows:
            yield f"{words.named(row)}: {words.share(row.adjusted.spent)} of the budget spent; {cause.words}"
