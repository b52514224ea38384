"""The review on paper."""

import sys

import pypdfium2
import pytest
from reviewed import review

from slo.errors import SLOError
from somahub.reviews import words
from somahub.reviews.html import page
from somahub.reviews.pdf import pdf

urls = pytest.importorskip(
    "weasyprint.urls", exc_type=OSError, reason="no Pango: apt-get install libpangoft2-1.0-0"
)
SMALL = review(4, 2)


def test_the_first_page_names_every_missed_slo_with_its_cost_and_the_file_is_the_same_each_time() -> None:
    made = pdf(page(SMALL))
    assert made == pdf(page(SMALL))
    document = pypdfium2.PdfDocument(made)
    first = " ".join(document[0].get_textpage().get_text_range().split())
    document.close()
    for row in SMALL.rows[:2]:
        assert f"{words.named(row)} {words.share(row.adjusted.spent)}" in first
        assert row.cause in first


def test_where_pango_lacks_the_error_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(SLOError, match="apt-get install libpangoft2"):
        pdf("<p>")


def test_nothing_is_fetched_for_a_pdf() -> None:
    with pytest.raises(urls.FatalURLFetchingError):
        pdf('<img src="http://127.0.0.1/x.png">')
