"""The page in a browser, as it is read: on a desk and on a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from reviewed import review

from somahub.reviews import agenda, words
from somahub.reviews.html import page as html

DESK, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
# The text that lies within the screen, of elements that nothing hides.
VISIBLE = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(walk.currentNode);
    const boxes = [...range.getClientRects()];
    const inside = (b) => b.width && b.height && b.top >= 0 && b.left >= 0 && b.bottom <= innerHeight && b.right <= innerWidth;
    if (boxes.length && boxes.every(inside) && walk.currentNode.parentElement.checkVisibility()) found.push(walk.currentNode.data);
  }
  return found.join(" ");
}"""
# The least contrast of any text with what is behind it (WCAG 2.2, 1.4.3), and which text that is.
CONTRAST = """() => {
  const parse = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = (c) => parse(c).slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if ((parse(colour)[3] ?? 1) > 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = [...document.querySelectorAll("body *")].filter((e) => e.tagName !== "SCRIPT" && !e.closest("svg")
    && [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim()));
  return texts.map((e) => {
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.textContent.trim().slice(0, 40)];
  }).reduce((worst, one) => (one[0] < worst[0] ? one : worst));
}"""
Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, int], Path]:
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for size in ((24, 3), (60, 24)):
        found[size] = folder / f"{size[0]}.html"
        found[size].write_text(html(review(*size)))
    return found


@pytest.fixture
def opened(browser: Browser, files: dict[tuple[int, int], Path]) -> Iterator[Opened]:
    """A page that is opened without a network; it fails the test if its script fails."""
    pages: list[Page] = []
    errors: list[str] = []

    def opened(size: tuple[int, int], screen: ViewportSize, *, script: bool = True) -> Page:
        page = browser.new_page(viewport=screen, java_script_enabled=script, offline=True)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text))
        pages.append(page)
        page.goto(files[size].as_uri())
        return page

    yield opened
    for page in pages:
        page.close()
    assert errors == []


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("size", [(24, 3), (60, 24)])
def test_the_first_screen_names_every_missed_slo_with_its_cause_and_cost(
    opened: Opened, size: tuple[int, int], screen: ViewportSize
) -> None:
    seen = opened(size, screen).evaluate(VISIBLE)
    missed = [row for row in review(*size).rows if row.adjusted.verdict == "missed"]
    assert len(missed) == size[1]
    for row in missed:
        assert f"{words.named(row)} {words.share(row.adjusted.spent)}" in " ".join(seen.split())
        assert row.cause in seen


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_is_wider_than_the_screen_and_all_text_can_be_read(
    opened: Opened, screen: ViewportSize
) -> None:
    page = opened((24, 3), screen)
    assert page.evaluate("document.documentElement.scrollWidth") == screen["width"]
    contrast, text = page.evaluate(CONTRAST)
    assert contrast >= 4.5, text


def test_charts_are_drawn_when_they_are_looked_at_and_stay_still_on_paper(opened: Opened) -> None:
    page = opened((24, 3), DESK)
    last = page.locator("article").last
    assert last.locator(".live").count() == 0
    last.scroll_into_view_if_needed()
    expect(last.locator(".live svg")).to_have_count(2)
    expect(last.locator(".still").first).to_be_hidden()
    page.emulate_media(media="print")
    expect(last.locator(".still").first).to_be_visible()
    expect(last.locator(".live").first).to_be_hidden()


def test_without_its_script_the_page_has_still_charts_and_every_slo(opened: Opened) -> None:
    page = opened((24, 3), DESK, script=False)
    expect(page.locator("figure .still svg").first).to_be_visible()
    expect(page.locator("#slos tbody tr")).to_have_count(24)
    expect(page.locator("#filter")).to_be_hidden()


def test_the_table_is_filtered_by_words_team_and_standing(opened: Opened) -> None:
    page = opened((24, 3), DESK)
    rows = page.locator("#slos tbody tr:visible")
    page.get_by_label("Find").fill("p95 gateway")
    expect(page.locator("#shown")).to_have_text("2 of 24")
    expect(rows).to_have_count(2)
    page.get_by_label("Find").fill("")
    page.get_by_label("Standing").select_option("missed")
    page.get_by_label("Team").select_option("Data")
    expect(rows.locator("th")).to_have_text(["orchestrator-availability"])


def test_the_table_is_sorted_by_figures_not_by_their_digits(opened: Opened) -> None:
    page = opened((24, 3), DESK)
    page.get_by_role("button", name="Budget spent").click()
    page.get_by_role("button", name="Budget spent").click()
    by_cost = sorted(review(24, 3).rows, key=lambda row: -(row.adjusted.spent or -1))
    expect(page.locator("#slos tbody th")).to_have_text([words.named(row) for row in by_cost])
    head = page.locator("#slos").get_by_role("columnheader", name="Budget spent")
    expect(head).to_have_attribute("aria-sort", "descending")


def test_a_miss_leads_to_what_is_told_of_it(opened: Opened) -> None:
    page = opened((24, 3), PHONE)
    first = agenda.causes(review(24, 3).rows)[0].rows[0]
    page.locator("#missed").get_by_role("link", name=words.named(first)).click()
    expect(page.locator("article h3", has_text=words.named(first))).to_be_in_viewport()
