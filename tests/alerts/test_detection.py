"""How soon a failure is told; the whole grid is in ``platform/docs/detection.md``."""

from pathlib import Path

from detection import Run, grid, phases, summary

# 1.44 % of an hour, a scrape and an evaluation.
WITHIN = 52 + 15 + 30


def test_a_total_outage_pages_within_a_scrape_and_an_evaluation_of_its_share_of_an_hour(
    promtool: Path,
) -> None:
    found = phases(promtool, scrapes=(0, 5, 10), outages=range(0, 30, 6), tick=5)
    assert len(found) == 15
    assert summary(found.values())[1] <= WITHIN


def test_pages_come_no_more_than_an_evaluation_after_sloths(promtool: Path) -> None:
    every = 30
    for one in grid(promtool, "page", Run(30, every, history=6 * 3600 + 600, watched=14400)):
        assert one.ours <= one.sloths + every, one
