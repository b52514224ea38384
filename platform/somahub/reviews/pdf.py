"""The PDF of a review, from its HTML and the styles for paper that are in it."""

import re
from io import BytesIO

from slo.errors import SLOError

# None runs on paper, and to parse the charting library takes a second.
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)


def pdf(html: str) -> bytes:
    """The same bytes for the same HTML; nothing is fetched. ``SLOError`` where Pango, which sets the text, is missing."""
    try:
        # Loads Pango, which only this needs.
        from weasyprint import HTML, URLFetcher  # type: ignore[import-untyped]  # noqa: PLC0415
    except OSError as error:
        raise SLOError(f"a PDF needs Pango: apt-get install libpangoft2-1.0-0 ({error})") from error
    fetcher = URLFetcher(allowed_protocols=(), fail_on_errors=True)
    document = BytesIO()
    HTML(string=_SCRIPT.sub("", html), url_fetcher=fetcher).write_pdf(document)
    return document.getvalue()
