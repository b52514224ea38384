"""Budgets as sums over slots."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slo import BudgetPolicy, BudgetRule, Calendar
from slo.accounts import Period, Promise, account, burn_down, composed, forecast, kept
from slo.accounts.account import shares
from slo.accounts.composite import Part
from slo.slots import SLOT, Slots, added, fuller, unknown
from slo.source import Composed
from slo.window import Span

DAY = 86400
START = 20_000 * DAY
PROMISE = [Promise(0, 0.01)]


def slots(days: float, bad: float = 1, total: float = 100, known: float = 300) -> Slots:
    size = int(days * 288)
    return Slots(START, *(np.full(size, float(x)) for x in (bad, total, known, 0)))


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


WEEK = Period(START, START + 7 * DAY, START + 7 * DAY)


def test_a_known_period_has_the_budget_of_its_events() -> None:
    got = account(slots(7), WEEK, PROMISE)
    assert (got.bad, got.total, got.unknown) == (2016, 201600, 0)
    assert (got.allowed, got.spent, got.left) == pytest.approx((2016, 1, 0))
    assert got.sli == pytest.approx(0.99)


def test_a_bad_day_of_a_month_that_just_began_is_a_day_of_the_month() -> None:
    got = account(slots(1), Period(START, START + 30 * DAY, START + DAY), PROMISE)
    assert got.spent == pytest.approx(1 / 30)
    assert got.elapsed == DAY


def test_unknown_time_is_average_traffic_without_failures_or_all_of_it_bad() -> None:
    half = slots(7)
    for column in half.columns:
        column[: half.size // 2] = 0
    ignored = account(half, WEEK, PROMISE)
    assert ignored.spent == pytest.approx(0.5)
    assert ignored.unknown == 3.5 * DAY
    bad = account(half, WEEK, PROMISE, "bad")
    assert bad.bad == pytest.approx(half.bad.sum() + 201600 / 2)
    assert bad.total == pytest.approx(201600)
    assert (bad.allowed, bad.unknown) == (pytest.approx(2016), 3.5 * DAY)


def test_events_that_a_counter_told_later_stand_for_their_time() -> None:
    gap = slots(7)
    for column in gap.columns:
        column[100:136] = 0
    gap.bad[136], gap.total[136], gap.recovered[136] = 37, 3700, 36 * 300
    got = account(gap, WEEK, PROMISE, "bad")
    assert (got.bad, got.total, got.unknown) == (2016, 201600, 3 * 3600)
    assert got.spent == pytest.approx(1)


def test_each_slot_is_judged_by_the_objective_in_force() -> None:
    changed = [Promise(0, 0.01), Promise(START + 3 * DAY, 0.001)]
    got = account(slots(7), WEEK, changed)
    assert got.allowed == pytest.approx(28800 * (3 * 0.01 + 4 * 0.001))


def test_nothing_known_claims_nothing_and_idle_time_spends_none() -> None:
    assert account(unknown(START, START + 7 * DAY), WEEK, PROMISE)[-4:] == (None,) * 4
    idle = account(slots(7, 0, 0), WEEK, PROMISE)
    assert (idle.sli, idle.spent, idle.left) == (None, 0, 1)


def test_what_is_excluded_counts_neither_way() -> None:
    outage = slots(7, bad=0)
    outage.bad[10:20] = 100
    work = [Span(at(START + 3000), at(START + 6000)), Span(at(START + 4000), at(START + 5000))]
    keep = kept(outage, work)
    raw, adjusted = account(outage, WEEK, PROMISE), account(outage, WEEK, PROMISE, keep=keep)
    assert (raw.bad, adjusted.bad) == (1000, 0)
    assert (adjusted.excluded, adjusted.elapsed) == (3000, 7 * DAY - 3000)
    assert adjusted.total == raw.total - 1000


def test_an_exclusion_that_begins_within_a_slot_takes_its_part() -> None:
    keep = kept(slots(1), [Span(at(START + 150), at(START + 360))])
    assert keep[:3].tolist() == [0.5, 0.8, 1]


BERLIN = {
    unit: Calendar.model_validate({"unit": unit, "zone": "Europe/Berlin"})
    for unit in ("week", "month", "quarter")
}


@settings(deadline=None)
@given(st.integers(1_704_067_200, 1_830_297_600), st.sampled_from(("week", "month", "quarter")))
def test_periods_of_a_calendar_tile_time(moment: int, unit: str) -> None:
    now = Period.of(BERLIN[unit], at(moment))
    following = Period.of(BERLIN[unit], at(now.end))
    assert now.start <= now.at < now.end == following.start
    assert now.start % SLOT == 0


def test_a_rolling_window_ends_with_the_last_whole_slot() -> None:
    got = Period.of(timedelta(days=7), at(START + 1234))
    assert (got.start, got.end, got.at) == (START + 1200 - 7 * DAY, START + 1200, START + 1200)


whole = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 300)), min_size=12, max_size=60
)


@settings(deadline=None)
@given(whole, st.integers(0, 60))
def test_two_parts_of_a_period_add_up_to_it(rows: list[tuple[int, int, int]], cut: int) -> None:
    table = np.array(rows, dtype=float)
    own = Slots(START, table[:, 0], table[:, 0] + table[:, 1], table[:, 2], np.zeros(len(rows)))
    middle, end = START + min(cut, len(rows)) * SLOT, own.end
    parts = [account(own, Period(a, b, b), PROMISE) for a, b in ((START, middle), (middle, end))]
    both = account(own, Period(START, end, end), PROMISE)
    for field in ("elapsed", "known", "excluded"):
        assert sum(getattr(p, field) for p in parts) == pytest.approx(getattr(both, field))
    if all(p.known for p in parts):
        assert sum(p.bad for p in parts) == pytest.approx(both.bad)
    if both.spent is not None:
        assert both.spent >= 0
        assert account(own, Period(START, end, end), PROMISE, "bad").spent >= both.spent - 1e-9  # type: ignore[operator]


@settings(deadline=None)
@given(whole)
def test_the_burn_down_never_rises_and_ends_at_what_is_left(rows: list[tuple[int, int, int]]) -> None:
    table = np.array(rows, dtype=float)
    own = Slots(START, table[:, 0], table[:, 0] + table[:, 1] + 1, table[:, 2] + 1, np.zeros(len(rows)))
    period = Period(START, own.end, own.end)
    got = account(own, period, PROMISE)
    assert got.allowed
    curve = burn_down(own, period, got.allowed, every=5)
    assert [left for _, left in curve] == sorted((left for _, left in curve), reverse=True)
    assert curve[-1] == (own.end, pytest.approx(got.left))


@settings(deadline=None)
@given(st.integers(-20, 80), st.integers(0, 80))
def test_a_cut_holds_its_slots_and_the_rest_is_unknown(first: int, size: int) -> None:
    own = Slots(START, *(np.arange(1.0, 41.0) for _ in range(4)))
    got = own.between(START + first * SLOT, START + (first + size) * SLOT)
    assert got.bad.tolist() == [i + 1 if 0 <= i < 40 else 0 for i in range(first, first + size)]


def test_of_two_replicas_the_fuller_slot_counts_and_never_their_sum() -> None:
    one, other = slots(1, known=300), slots(1, bad=9, known=290)
    other.known[5] = 300
    one.known[5] = 10
    assert fuller(one, other).bad.tolist() == [1] * 5 + [9] + [1] * 282
    assert added(one, other).total.sum() == 2 * one.total.sum()
    assert added(one, other).known.max() == 300


def part(ratio: float, weight: float = 1, total: float = 100) -> Part:
    return Part([slots(1, bad=ratio * total, total=total)], weight)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("worst-of", 0.1), ("all-of", 1 - 0.9 * 0.98), ("weighted", (0.1 + 3 * 0.02) / 4)],
)
def test_composites_follow_from_the_ratios_of_their_parts(mode: str, expected: float) -> None:
    day = Period(START, START + DAY, START + DAY)
    parts = [part(0.1), part(0.02, 3, total=7)]
    whole = composed(Composed(mode, ()), parts, shares(parts[0].groups[0], day))
    got = account(whole, day, PROMISE)
    assert got.sli == pytest.approx(1 - expected)
    assert got.total == DAY


def test_a_part_without_events_is_good_and_one_with_groups_is_as_bad_as_its_worst() -> None:
    day = Period(START, START + DAY, START + DAY)
    idle = Part([slots(1, 0, 0)], 1)
    grouped = Part([slots(1, 1), slots(1, 5)], 1)
    weights = shares(idle.groups[0], day)
    for mode in ("worst-of", "all-of"):
        assert account(
            composed(Composed(mode, ()), [idle, grouped], weights), day, PROMISE
        ).sli == pytest.approx(0.95)
    half = composed(Composed("weighted", ()), [idle, grouped], weights)
    assert account(half, day, PROMISE).sli == pytest.approx(0.975)


def test_a_weighted_composite_weighs_windows_not_slots() -> None:
    """A busy bad hour counts by its events, as the window's own ratio does."""
    day = Period(START, START + DAY, START + DAY)
    busy = slots(1, 0, 1)
    busy.bad[:12], busy.total[:12] = 500, 1000
    weights = shares(busy, day)
    got = account(composed(Composed("weighted", ()), [Part([busy], 1)], weights), day, PROMISE)
    assert got.sli == pytest.approx(1 - 6000 / (12000 + 276))


def test_a_steady_burn_is_forecast_as_it_goes_on() -> None:
    period = Period(START, START + 30 * DAY, START + 10 * DAY)
    steady = slots(10, bad=2)
    got = forecast(steady, period, account(steady, period, PROMISE))
    assert got
    assert (got.low, got.middle, got.high) == pytest.approx((-1, -1, -1))
    assert got.empty_after == pytest.approx(5 * DAY, abs=DAY)


def test_a_forecast_has_an_interval_as_wide_as_days_differ_and_is_the_same_each_time() -> None:
    period = Period(START, START + 30 * DAY, START + 20 * DAY)
    uneven = slots(20, bad=0)
    uneven.bad[: 288 * 20 : 288 * 5] = 1000
    now = account(uneven, period, PROMISE)
    got = forecast(uneven, period, now)
    assert got
    assert got.low < got.middle < got.high <= now.left  # type: ignore[operator]
    assert forecast(uneven, period, now) == got


def test_two_days_are_too_few_to_forecast() -> None:
    period = Period(START, START + 30 * DAY, START + 2 * DAY)
    assert forecast(slots(2), period, account(slots(2), period, PROMISE)) is None


def test_a_policy_says_what_is_due_for_which_tiers() -> None:
    policy = BudgetPolicy()
    assert [rule.action for rule in policy.due(0.8, 1)] == ["review"]
    assert [rule.action for rule in policy.due(1, 3)] == ["review", "freeze"]
    assert policy.due(None, 1) == ()
    strict = BudgetPolicy(rules=(BudgetRule(spent=Decimal(50), action="freeze", tiers=(1,)),))
    assert strict.due(0.5, 1)
    assert not strict.due(0.9, 2)
