"""The PDF of a review, from its HTML and the styles for paper that are in it."""

import re

from slo.errors import SLOError

# None runs on paper, and to parse the charting library takes a second.
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)


def pdf(html: str) -> bytes:
    """The same bytes for the same HTML; nothing is fetched. ``SLOError`` where Pango, which sets the text, is missing."""
    try:
        from weasyprint import HTML  # type: ignore[import-untyped]  # noqa: PLC0415 - loads Pango, for this only
    except OSError as error:
        raise SLOError(f"a PDF needs Pango: apt-get install libpangoft2-1.0-0 ({error})") from error
    document: bytes = HTML(string=_SCRIPT.sub("", html), url_fetcher=_nothing).write_pdf()
    return document


def _nothing(url: str) -> None:
    raise ValueError(f"a review needs nothing else, yet asks for {url}")
