"""What the page says, read as text."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from reviewed import review

from somahub.reviews import agenda, words
from somahub.reviews.html import page
from somahub.reviews.model import Change, Comparison, Figures, Review

SMALL = review(24, 3)


@pytest.fixture(scope="module")
def html() -> str:
    return page(SMALL)


@pytest.fixture(scope="module")
def text(html: str) -> str:
    """The page without its scripts."""
    return re.sub(r"<script\b.*?</script>", "", html, flags=re.DOTALL)


def test_the_same_review_gives_the_same_page(html: str) -> None:
    assert page(Review.model_validate_json(SMALL.model_dump_json())) == html


def test_the_page_asks_for_nothing_from_elsewhere(text: str) -> None:
    assert not re.findall(r"<(?:link|img|iframe|object)\b|\bsrc=|@import|url\(|https?://", text)


def test_text_of_others_is_no_markup(html: str, text: str) -> None:
    assert "Qdrant is slow under &lt;load&gt;" in text
    assert "<load>" not in html


def test_every_link_leads_somewhere_and_no_place_has_two_names(text: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)


def test_a_budget_of_which_there_is_nothing_to_say_is_only_in_the_table(text: str) -> None:
    talked = set(re.findall(r"<article id=\"[^\"]+\">\s*<h3>(\S+)", text))
    assert talked == {row.slo_id for row in SMALL.rows if agenda.discussed(row)}
    assert len(talked) == 5


def test_the_real_example_is_told_whole() -> None:
    example = Review.model_validate_json(Path(__file__).with_name("example.json").read_text())
    text = page(example)
    assert example.digest in text
    for row in example.rows:
        assert words.named(row) in text
    assert all(one.approver in text for one in example.exclusions)


def test_what_nobody_asked_for_is_not_told_as_nothing() -> None:
    silent = SMALL.model_copy(
        update={"incidents": None, "durability": None, "capacity": None, "certificates": None, "rows": ()}
    )
    text = page(silent)
    assert text.count("No Prometheus was asked.") == 3
    assert "Nothing is known" in text


def test_a_comparison_tells_only_what_changed() -> None:
    one, two = SMALL.rows[0], SMALL.rows[10]
    beside = Comparison(
        period=SMALL.period.model_copy(update={"name": "2026-09"}),
        pages=4,
        pages_before=9,
        rows=(
            Change(slo_id=one.slo_id, group={}, before=two.adjusted, after=one.adjusted),
            Change(slo_id=two.slo_id, group={}, before=two.adjusted, after=two.adjusted),
            Change(slo_id="gone", group={}, before=two.adjusted, after=None),
        ),
    )
    assert [c.slo_id for c in agenda.changes(SMALL.model_copy(update={"comparison": beside}))] == [
        one.slo_id,
        "gone",
    ]
    assert "4 pages, 9 before" in page(SMALL.model_copy(update={"comparison": beside}))


def test_rows_are_told_by_standing_and_cost() -> None:
    rows = agenda.ordered(SMALL.rows)
    assert [agenda.standing(row) for row in rows[:6]] == ["missed"] * 3 + ["at risk"] * 2 + ["unknown"]
    spent = [row.adjusted.spent or 0 for row in rows[:3]]
    assert spent == sorted(spent, reverse=True)


@pytest.mark.parametrize(
    ("bad", "total", "objective", "said"),
    [
        (1001, 1_000_000, "99.9", "99.89 %"),  # 99.8999 %: rounded up it would be a hit
        (999, 1_000_000, "99.9", "99.90 %"),
        (1, 3_000_000, "99.999", "99.9999 %"),
        (0, 10, "95", "100.00 %"),
        (0, 0, "99", "no events"),
    ],
)
def test_a_miss_never_looks_like_a_hit(bad: float, total: float, objective: str, said: str) -> None:
    sli = 1 - bad / total if total else None
    figures = Figures(bad=bad, total=total, sli=sli, allowed=None, spent=None, left=None, verdict="met")
    assert words.sli(figures, Decimal(objective)) == said


def test_only_what_is_complete_is_known_to_100_percent() -> None:
    assert [words.known(x) for x in (1, 0.99999, 0.5, 0)] == ["100 %", "99.9 %", "50 %", "0 %"]


def test_shares_are_short_and_what_is_unknown_says_so() -> None:
    assert [words.share(x) for x in (None, 0, 0.0001, 0.0421, 0.99, 3.124, -0.1)] == [
        "unknown",
        "0 %",
        "< 0.1 %",
        "4.2 %",
        "99 %",
        "312 %",
        "-10 %",
    ]
