"""Names of periods, and what any slots mean in them."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.history.ledger import Held
from collectors.history.store import Objective
from slo import SLO, BudgetPolicy, Service, Uptime
from slo.errors import SLOError
from slo.slots import SLOT, Slots
from slo.window import Span
from somahub.reviews.model import Period
from somahub.reviews.periods import asked, before, between, midnights, months, named, seconds
from somahub.reviews.rows import Terms, make

NOW = datetime(2026, 11, 25, 10, 3, tzinfo=UTC)
BERLIN = "Europe/Berlin"
UP = SLO(name="up", objective="99", sli=Uptime())
SHOP = Service(name="shop", slos=(UP,))


def test_a_month_of_berlin_is_an_hour_longer_when_clocks_go_back() -> None:
    october = named("2026-10", BERLIN, NOW)
    assert (october.start, october.end) == (
        datetime(2026, 9, 30, 22, tzinfo=UTC),
        datetime(2026, 10, 31, 23, tzinfo=UTC),
    )
    edges = midnights(october)
    assert len(edges) == 32
    assert max(b - a for a, b in pairwise(edges)) == timedelta(hours=25)


def test_weeks_and_quarters_are_those_of_the_calendar() -> None:
    week, quarter = named("2026-W40", "UTC", NOW), named("2026-Q3", "UTC", NOW)
    assert (week.start.date(), week.end.date()) == (date(2026, 9, 28), date(2026, 10, 5))
    assert (quarter.start.date(), quarter.end.date()) == (date(2026, 7, 1), date(2026, 10, 1))
    assert (week.kind, quarter.kind, quarter.running) == ("week", "quarter", False)


def test_a_running_period_is_told_up_to_the_last_whole_slot() -> None:
    november = named("2026-11", BERLIN, NOW)
    assert (november.running, november.at) == (True, datetime(2026, 11, 25, 10, tzinfo=UTC))
    assert before("month", BERLIN, NOW) == named("2026-10", BERLIN, NOW)


def test_a_trend_has_twelve_months_up_to_the_period_s_own() -> None:
    names = [one.name for one in months(named("2026-Q1", "UTC", NOW), 12)]
    assert (names[0], names[-1], len(names)) == ("2025-04", "2026-03", 12)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("2026-13", "", "", "", ""), "--month: expected a period such as 2026-10, got '2026-13'"),
        (("2026-Q1", "", "", "", ""), "--month: expected a period such as 2026-10"),
        (("", "2026-5", "", "", ""), "--quarter: expected a period such as 2026-Q3"),
        (("", "", "2026-W54", "", ""), "--week: expected a period such as 2026-W40"),
        (("2027-01", "", "", "", ""), "--month: 2027-01 has not begun"),
        (("2026-10", "2026-Q3", "", "", ""), "expected one of --month, --quarter"),
        (("", "", "", "2026-10-05", ""), "--to: expected a day such as 2026-10-05, got ''"),
        (("", "", "", "soon", "2026-10-05"), "--from: expected a day such as 2026-10-05, got 'soon'"),
        (("", "", "", "2026-10-05", "2026-10-05"), "--to: expected a day after 2026-10-05"),
        (("", "", "", "2027-10-05", "2027-10-06"), "--from: 2027-10-05 has not begun"),
    ],
)
def test_wrong_periods_are_named(options: tuple[str, str, str, str, str], said: str) -> None:
    with pytest.raises(SLOError) as raised:
        asked(*options, "UTC", NOW)
    assert said in str(raised.value)


def test_no_option_asks_for_no_period() -> None:
    assert asked("", "", "", "", "", "UTC", NOW) is None


WEEK: Period = between(date(2026, 10, 22), date(2026, 10, 29), BERLIN, NOW)
SIZE = (seconds(WEEK).end - seconds(WEEK).start) // SLOT
COUNTS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 300)), min_size=1, max_size=40
)


def slots(counts: list[tuple[int, int, int]]) -> Slots:
    rows = np.resize(np.array(counts, np.float64), (SIZE, 3))
    bad, good, known = rows.T
    bad, good = bad * (known > 0), good * (known > 0)
    return Slots(seconds(WEEK).start, bad.copy(), bad + good, known.copy(), np.zeros(SIZE))


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.integers(0, 6 * 24), st.integers(0, 24), st.sampled_from(["ignore", "bad"]))
def test_any_slots_give_figures_that_add_up(
    counts: list[tuple[int, int, int]], hour: int, lasts: int, unknown: str
) -> None:
    held = Held(SHOP, UP, (), (Objective(0, UP.objective, "30d"),), lambda _: slots(counts), {})
    start = WEEK.start + timedelta(hours=hour)
    excluded = [Span(start, start + timedelta(hours=lasts))]
    terms = Terms(
        WEEK, [WEEK], "bad" if unknown == "bad" else "ignore", BudgetPolicy(), (), {}, {"shop-up": "shop"}
    )
    row = make(held, excluded, terms).row
    whole = row.completeness
    assert whole.elapsed + whole.excluded == SIZE * SLOT
    assert whole.known + whole.unknown == pytest.approx(whole.elapsed)
    assert whole.excluded == lasts * 3600
    if unknown == "ignore":
        assert sum(day.bad for day in row.days) == pytest.approx(row.adjusted.bad)
        assert row.raw.bad == slots(counts).bad.sum()
        assert row.raw.total == slots(counts).total.sum()
    assert row.months[0].adjusted == row.adjusted or not whole.known
    if row.adjusted.spent is not None and row.burn_down is not None:
        assert row.burn_down.adjusted[-1] == pytest.approx(1 - row.adjusted.spent, rel=1e-4, abs=1e-5)
        assert (row.adjusted.verdict == "missed") == (row.adjusted.spent > 1 + 1e-9)
        assert sorted(row.burn_down.raw, reverse=True) == list(row.burn_down.raw)
