"""What a review says of months in a real store; the generator of it is tests/harness/company.py."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from company import EXAMPLE, MOVE, NOW, company, fill, incidents, review

from collectors.history.sql import SQLStore
from slo import Maintenance
from slo.errors import SLOError
from somahub.reviews.build import Builder
from somahub.reviews.compare import compared
from somahub.reviews.make import Sources
from somahub.reviews.make import review as made
from somahub.reviews.markdown import markdown
from somahub.reviews.model import Review, Row, digest, schema
from somahub.reviews.periods import named
from somahub.reviews.table import table

GOLDEN = Path(__file__).with_name("example.md")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SQLStore]:
    url = f"sqlite:///{tmp_path_factory.mktemp('company') / 'history.db'}"
    with closing(SQLStore(url)) as found:
        fill(found)
        yield found


@pytest.fixture(scope="module")
def month(store: SQLStore) -> Review:
    return review(store, MOVE)


def row(found: Review, ident: str, **group: str) -> Row:
    return next(one for one in found.rows if (one.slo_id, one.group) == (ident, group))


def test_the_review_is_the_example_to_the_byte(month: Review) -> None:
    """After a change that is meant, look at the difference and run ``python tests/harness/company.py``."""
    assert month.model_dump_json() + "\n" == EXAMPLE.read_text()
    assert markdown(month) == GOLDEN.read_text()


def test_its_digest_is_of_what_it_says_and_it_reads_back(month: Review) -> None:
    again = Review.model_validate_json(month.model_dump_json())
    assert again == month
    assert digest(again) == month.digest
    assert digest(month.model_copy(update={"platform": "other"})) != month.digest


def test_every_field_is_in_the_schema_with_what_it_means() -> None:
    told = schema()
    assert told["properties"].keys() == Review.model_fields.keys()
    assert all("description" in one for one in told["$defs"].values() if one["type"] == "object")


def test_an_exclusion_that_was_added_later_shows_both_versions(store: SQLStore, month: Review) -> None:
    before, after = row(review(store), "shop-availability"), row(month, "shop-availability")
    assert before.raw == before.adjusted == after.raw
    assert after.adjusted.bad < after.raw.bad
    assert (after.completeness.excluded, before.completeness.excluded) == (5400, 0)
    (told,) = month.exclusions
    assert (told.approver, told.seconds) == ("vera", 5400)


def test_a_miss_is_told_with_its_cause_and_its_cost(month: Review) -> None:
    missed = [one for one in month.rows if one.adjusted.verdict == "missed"]
    assert [one.slo_id for one in missed] == ["shop-availability"]
    assert missed[0].cause == "#42 Web shop: the error budget of availability burns too fast"
    assert month.incidents is not None
    cost = next(one for one in month.incidents if one.number == 42).costs[0]
    assert cost.spent == missed[0].cause_spent
    # The alert came four minutes after the outage began.
    assert cost.start == datetime(2026, 10, 12, 14, 10, tzinfo=UTC)
    assert missed[0].adjusted.allowed is not None
    assert cost.spent == pytest.approx(cost.bad / missed[0].adjusted.allowed)
    assert [action.action for action in missed[0].actions] == ["review", "freeze"]


def test_a_day_of_which_no_incident_tells_is_named_itself(store: SQLStore) -> None:
    period = named("2026-10", "Europe/Berlin", NOW)
    for told, words in (
        ([], "failures of 2026-10-12, of which no incident tells"),
        (None, "failures of 2026-10-12"),
    ):
        builder = Builder(company(MOVE), store, told)
        found = builder.review(period, (one for rows in builder.rows(period) for one in rows))
        assert row(found, "shop-availability").cause == words
        assert (found.incidents is None) == (told is None)


def test_an_incident_is_charged_to_its_group_to_all_groups_and_to_journeys(month: Review) -> None:
    charged = {one.number: [(c.slo_id, c.group) for c in one.costs] for one in month.incidents or ()}
    assert charged == {
        41: [("shop-payments", {"provider": "card"}), ("shop-payments-all", {})],
        42: [("shop-availability", {}), ("journey-buying", {})],
        43: [("search-uptime", {}), ("journey-buying", {})],
        44: [("backups-rpo", {})],
    }


def test_what_is_unknown_says_so_and_is_never_zero(month: Review) -> None:
    none = row(month, "search-fresh")
    assert (none.adjusted.verdict, none.adjusted.sli, none.adjusted.spent) == ("unknown", None, None)
    assert none.completeness.unknown == none.completeness.elapsed
    gap = row(month, "shop-availability").completeness
    assert (gap.unknown, gap.recovered, gap.certain) == (10800, 10800, True)
    silent = row(month, "search-uptime").completeness
    assert (silent.unknown, silent.recovered, silent.certain) == (2400, 0, False)


def test_days_hours_and_the_curve_add_up_to_the_figures(month: Review) -> None:
    for one in month.rows:
        if one.adjusted.allowed is None:
            continue
        assert sum(day.bad for day in one.days) == pytest.approx(one.adjusted.bad)
        assert sum(day.total for day in one.days) == pytest.approx(one.adjusted.total)
        assert one.burn_down is not None
        assert one.burn_down.raw[-1] == pytest.approx(one.raw.left, abs=1e-6)
        assert one.burn_down.adjusted[-1] == pytest.approx(one.adjusted.left, abs=1e-6)
    worst = row(month, "shop-availability")
    assert worst.worst_days[0].date.isoformat() == "2026-10-12"
    assert worst.worst_hours[0].start == datetime(2026, 10, 12, 14, tzinfo=UTC)
    assert len(worst.days) == 31


def test_the_trend_ends_with_the_month_itself_and_shows_the_one_that_was_missed(month: Review) -> None:
    trend = row(month, "shop-availability").months
    assert (trend[0].month, trend[-1].month, len(trend)) == ("2025-11", "2026-10", 12)
    assert trend[-1].adjusted == row(month, "shop-availability").adjusted
    assert [one.month for one in trend if one.raw.verdict == "missed"] == ["2026-07", "2026-10"]
    assert [one.month for one in trend if one.raw.spent is None] == [
        *("2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
    ]


def test_each_part_of_a_month_has_the_objective_that_was_in_force(month: Review) -> None:
    latency = row(month, "shop-latency")
    assert [(one.since and one.since.day, str(one.objective)) for one in latency.objectives] == [
        (None, "97"),
        (15, "95"),
    ]
    assert latency.adjusted.allowed is not None
    assert 0.03 < latency.adjusted.allowed / latency.adjusted.total < 0.05


def test_regions_stand_side_by_side_and_add_up(month: Review) -> None:
    one = row(month, "shop-availability")
    assert [region.region for region in one.regions] == ["eu", "us"]
    assert sum(region.raw.bad for region in one.regions) == one.raw.bad
    spent = [region.adjusted.spent or 0 for region in one.regions]
    assert spent[1] > spent[0]


def test_teams_have_their_own_figures(month: Review) -> None:
    told = {team.team: team for team in month.teams}
    assert (told["web"].missed, told["web"].pages, told["web"].actions) == (1, 2, 3)
    assert (told["data"].unknown, told["data"].pages, told["data"].acknowledged_after) == (2, 1, None)
    assert told["web"].acknowledged_after == pytest.approx((10.5 + 3.5) * 60 / 2)


def test_a_running_month_is_told_as_far_as_it_goes_with_a_forecast(store: SQLStore) -> None:
    now = datetime(2026, 10, 20, 12, 2, tzinfo=UTC)
    period = named("2026-10", "Europe/Berlin", now)
    builder = Builder(company(), store, incidents())
    found = builder.review(period, (one for rows in builder.rows(period) for one in rows))
    assert (found.period.running, found.period.at) == (True, now.replace(minute=0))
    one = row(found, "shop-availability")
    assert one.completeness.elapsed == 19 * 86400 + 14 * 3600
    assert one.forecast is not None
    assert one.forecast.low <= one.forecast.middle <= one.forecast.high
    assert one.forecast.middle <= (one.adjusted.left or 0)


def test_a_month_beside_another_says_what_changed(store: SQLStore, month: Review) -> None:
    found = compared(month, review(store, MOVE, name="2026-09"))
    assert found.comparison is not None
    change = next(one for one in found.comparison.rows if one.slo_id == "shop-availability")
    assert change.before is not None
    assert change.after is not None
    assert (change.before.verdict, change.after.verdict) == ("met", "missed")
    assert (found.comparison.pages_before, found.comparison.pages) == (0, 3)
    assert found.digest == digest(found) != month.digest


def test_a_sheet_has_a_line_for_each_budget_and_takes_nothing_for_a_formula(month: Review) -> None:
    evil = row(month, "shop-availability").model_copy(update={"cause": "=HYPERLINK(1)"})
    lines = table(month.model_copy(update={"rows": (evil, *month.rows[1:])})).splitlines()
    assert len(lines) == len(month.rows) + 1
    assert "'=HYPERLINK" in lines[1]
    assert lines[0].startswith("period,slo_id,group")


def test_text_of_others_is_no_markup_in_markdown(store: SQLStore) -> None:
    told = [one.model_copy(update={"title": "a|b <img> [x](y)"}) for one in incidents()]
    period = named("2026-10", "Europe/Berlin", NOW)
    builder = Builder(company(MOVE), store, told)
    text = markdown(builder.review(period, (one for rows in builder.rows(period) for one in rows)))
    assert r"a\|b \<img\> \[x\](y)" in text
    assert "<img>" not in text


def test_an_exclusion_ahead_of_time_is_refused_and_planned_work_is_not(
    tmp_path: Path, store: SQLStore
) -> None:
    later = {"start": NOW + timedelta(days=1), "length": "1h", "reason": "later", "approver": "vera"}
    excuse = Maintenance.model_validate(later | {"name": "excuse", "mutes": False})
    work = Maintenance.model_validate(later | {"name": "work"})
    url = f"sqlite:///{tmp_path / 'none.db'}"
    period = named("2026-10", "Europe/Berlin", NOW)
    with pytest.raises(SLOError, match=r"maintenance excuse: excludes until .* which has not been"):
        made(company(excuse), period, Sources(url), NOW)
    with pytest.raises(SLOError, match="no such history"):
        made(company(work), period, Sources(url), NOW)
    assert review(store, work).exclusions == ()
