"""A period beside another, budget by budget."""

from somahub.reviews.model import Change, Comparison, Figures, Review, sealed

Key = tuple[str, tuple[tuple[str, str], ...]]


def compared(review: Review, before: Review) -> Review:
    """A review with what was otherwise in an earlier one; sealed anew."""
    new, old = _judged(review), _judged(before)
    comparison = Comparison(
        period=before.period,
        pages=_pages(review),
        pages_before=_pages(before),
        rows=tuple(
            Change(slo_id=key[0], group=dict(key[1]), before=old.get(key), after=new.get(key))
            for key in dict.fromkeys([*new, *old])
        ),
    )
    return sealed(review.model_copy(update={"comparison": comparison}))


def _judged(review: Review) -> dict[Key, Figures]:
    return {(row.slo_id, tuple(row.group.items())): row.adjusted for row in review.rows}


def _pages(review: Review) -> int | None:
    if review.incidents is None:
        return None
    return sum(one.severity == "page" and one.opened >= review.period.start for one in review.incidents)
