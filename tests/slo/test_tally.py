"""What raw samples amount to: counters, resets, gaps and gauges."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo import SLO, Uptime
from slo.budget import budget
from slo.source import Counted, Gauged, Own, Rated
from slo.tally import LOOKBACK, Sample, Series, Tally, tally

DAY = 86400.0
OWN = Own("good", "bad_rate", "total_rate")
EVENTS = Counted(total="total", bad="bad")


def series(*values: float, step: float = 15) -> Series:
    return Series([Sample(i * step, v) for i, v in enumerate(values)])


def late(one: Series, scrapes: int, step: float = 15) -> Series:
    """The same series, first seen after some scrapes."""
    return Series([Sample(s.at + scrapes * step, s.value) for s in one.samples])


def count(source: Counted | Gauged, **kept: list[Series]) -> Tally:
    return tally(source, lambda selector: kept.get(selector, []), OWN)


def test_events_are_summed_over_all_series() -> None:
    got = count(EVENTS, total=[series(100, 110, 130), series(0, 5, 5)], bad=[series(1, 2, 2)])
    assert (got.bad, got.total, got.known) == (1, 35, 30)


def test_after_a_reset_the_new_value_counts_whole() -> None:
    assert count(EVENTS, total=[series(100, 120, 7, 9)]).total == 29


def test_a_counter_that_is_born_between_two_scrapes_counts_from_zero() -> None:
    got = count(EVENTS, total=[series(0, 10, 20)], bad=[late(series(3, 4), 1)], up=[series(1, 1, 1)])
    assert got.bad == 4


def test_where_counting_starts_the_past_is_not_counted() -> None:
    assert count(EVENTS, total=[series(1000, 1010)], up=[series(1, 1)]).total == 10


def test_a_target_that_could_not_be_scraped_before_may_have_counted_for_long() -> None:
    assert count(EVENTS, total=[late(series(1000, 1010), 1)], up=[series(0, 1, 1)]).total == 10


def test_a_counter_under_new_labels_is_not_counted_twice() -> None:
    renamed = [series(1000, 1010), late(series(1015, 1030), 2)]
    assert count(EVENTS, total=renamed, up=[series(1, 1, 1, 1)]).total == 25


def test_events_over_a_long_gap_count_but_its_time_is_unknown() -> None:
    gap = Series([Sample(0, 0), Sample(15, 10), Sample(316, 50), Sample(331, 60)])
    assert gap.samples[2].at - gap.samples[1].at > LOOKBACK
    got = count(EVENTS, total=[gap])
    assert (got.total, got.known) == (60, 30)


def test_what_has_no_raw_samples_is_summed_from_its_records() -> None:
    got = count(Rated("x"), total_rate=[series(1, 1, 1)], bad_rate=[series(0.5, 0, 0)])
    assert (got.bad, got.total, got.known) == (7.5, 30, 30)
    queried = Counted(total="sum(rate(t[{{.window}}]))", bad="sum(rate(b[{{.window}}]))")
    assert count(queried, total_rate=[series(4, 4)], bad_rate=[series(2, 2)])[:2] == (30, 60)


def test_time_is_known_once_however_many_series_vouch_for_it() -> None:
    assert count(EVENTS, total=[series(0, 1, 2), series(0, 1, 2)]).known == 30


def test_no_failure_series_means_no_failures() -> None:
    assert count(EVENTS, total=[series(0, 10)]).bad == 0


def test_bad_is_what_is_not_good() -> None:
    got = count(Counted(total="total", good="good"), total=[series(0, 10, 20)], good=[series(0, 9, 17)])
    assert (got.bad, got.total, got.steps) == (3, 20, ((15, 1), (30, 2)))


def test_a_lost_bucket_is_unknown_not_a_failure() -> None:
    got = count(Counted(total="total", good="good"), total=[series(0, 10, 20)])
    assert (got.bad, got.total, got.known) == (0, 0, 0)


def test_a_gauge_holds_until_its_next_sample() -> None:
    got = count(Gauged("up"), up=[series(1, 0, 0, 1, 1)])
    assert (got.bad, got.total, got.known) == (30, 60, 60)


def test_targets_of_one_service_share_its_time() -> None:
    got = count(Gauged("up"), up=[series(1, 1, 1), series(0, 0, 0)])
    assert (got.bad, got.total) == (15, 30)


def test_a_target_that_is_gone_leaves_the_time_to_the_others() -> None:
    got = count(Gauged("up"), up=[series(1, 1, 1, 1, 1), series(0, 0)])
    assert (got.bad, got.total) == (7.5, 60)


@given(st.lists(st.integers(0, 50), min_size=1), st.sets(st.integers(1, 40)))
def test_resets_lose_no_event_that_was_scraped(grown: list[int], resets: set[int]) -> None:
    values: list[int] = [0]
    for i, events in enumerate(grown, 1):
        values.append(events if i in resets else values[-1] + events)
    counted = count(EVENTS, total=[series(*values)]).total
    # A reset that outgrows the old value within one scrape can't be seen: it counts what it added.
    hidden = sum(values[i - 1] for i in resets if i < len(values) and values[i] >= values[i - 1])
    assert counted == sum(grown) - hidden


@given(st.lists(st.booleans(), min_size=2, max_size=60))
def test_a_gauge_spends_its_down_time_exactly(states: Sequence[bool]) -> None:
    got = count(Gauged("up"), up=[series(*map(float, states))])
    assert got.bad == pytest.approx(15 * states[:-1].count(False))


SLO_999 = SLO(name="uptime", objective=Decimal("99.9"), sli=Uptime())


def test_a_minute_of_a_month_costs_a_minute_of_its_budget() -> None:
    got = budget(SLO_999, Tally(bad=60, total=600, known=600, steps=((300, 60),)))
    assert got.sli == pytest.approx(0.9)
    assert got.coverage == pytest.approx(600 / (30 * DAY))
    assert got.spent == pytest.approx(60 / (43.2 * 60))
    assert got.burn_down == ((300, pytest.approx(got.left)),)


def test_a_whole_window_needs_no_coverage() -> None:
    got = budget(SLO_999, Tally(bad=2592, total=30 * DAY, known=30 * DAY, steps=()))
    assert (got.coverage, got.spent) == (1, pytest.approx(1))


def test_nothing_known_is_no_budget_claim_and_idle_spends_none() -> None:
    assert budget(SLO_999, Tally(0, 0, 0, ()))[:4] == (None, 0, None, None)
    assert budget(SLO_999, Tally(0, 0, 600, ()))[2:4] == (0, 1)


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 100)), min_size=1))
def test_the_burn_down_never_rises_and_ends_at_what_is_left(pairs: list[tuple[float, float]]) -> None:
    times = accumulate(after for after, _ in pairs)
    steps = tuple(zip(times, (bad for _, bad in pairs), strict=True))
    bad = sum(b for _, b in steps)
    curve = budget(SLO_999, Tally(bad, bad + 1, 600, steps)).burn_down
    left = [value for _, value in curve]
    assert left == sorted(left, reverse=True)
    assert left[-1] == pytest.approx(1 - bad / (float(SLO_999.budget) * (bad + 1) * 30 * DAY / 600))
