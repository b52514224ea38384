"""The forms in which a review is written; each is loaded when it is asked for."""

import json
from typing import Literal

from somahub.reviews.model import Review
from somahub.reviews.table import table

Form = Literal["html", "pdf", "md", "json", "csv"]


def rendered(review: Review, form: Form) -> bytes:
    """The bytes of a file: the same for the same review."""
    if form == "json":
        return (json.dumps(review.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n").encode()
    if form == "csv":
        return table(review).encode()
    if form == "md":
        from somahub.reviews.markdown import markdown  # noqa: PLC0415

        return markdown(review).encode()
    from somahub.reviews.html import page  # noqa: PLC0415

    text = page(review)
    if form == "html":
        return text.encode()
    from somahub.reviews.pdf import pdf  # noqa: PLC0415

    return pdf(text)
