"""What the collector keeps against what happened, by way of a real Prometheus."""

from datetime import UTC, datetime
from functools import reduce
from pathlib import Path

import pytest
from misbehaving import misbehaving
from truth import DAY, HOUR, Truth, collector, platform, rows

from collectors.history.copying import contents, copy
from collectors.history.ledger import Entry, Ledger
from collectors.history.sql import SQLStore
from slo.slots import Slots, added
from somahub.reviews.build import Builder
from somahub.reviews.periods import named

PLATFORM = platform()
(SHOP,) = PLATFORM.services


@pytest.fixture(scope="module")
def filled(truth: Truth, url: str, tmp_path_factory: pytest.TempPathFactory) -> SQLStore:
    store = SQLStore(f"sqlite:///{tmp_path_factory.mktemp('filled') / 'history.db'}")
    done = collector(PLATFORM, store, url).round(truth.end + 2 * HOUR, back=4 * DAY)
    assert not done.failures
    return store


def slots(store: SQLStore, truth: Truth, name: str) -> Slots:
    return reduce(added, (one.slots for one in store.read(f"shop-{name}", truth.start, truth.end + HOUR)))


def test_every_event_that_a_scrape_found_is_counted_once(filled: SQLStore, truth: Truth) -> None:
    found = slots(filled, truth, "availability")
    assert (found.bad.sum(), found.total.sum()) == truth.counted()
    bad, total = truth.events(truth.start, truth.end)
    assert found.bad.sum() == pytest.approx(bad, rel=0.005)
    assert found.total.sum() == pytest.approx(total, rel=0.005)


def test_unknown_time_is_unknown_to_the_second(filled: SQLStore, truth: Truth) -> None:
    found = slots(filled, truth, "availability").between(truth.start, truth.end)
    assert DAY * 3 - found.known.sum() == pytest.approx(truth.unknown(truth.start, truth.end), abs=1e-6)
    assert DAY * 3 - found.known.sum() > 3 * HOUR + 40 * 60


def test_what_counters_told_after_a_gap_is_marked_with_the_time_it_stands_for(
    filled: SQLStore, truth: Truth
) -> None:
    found = slots(filled, truth, "availability")
    booked = found.recovered[found.recovered > 0]
    assert len(booked) == 2
    # The edges of the history are unknown as well, and nothing tells of them.
    edges = 7 + 30 - 11
    assert sum(booked) == pytest.approx(truth.unknown(truth.start, truth.end) - edges, abs=30)


def test_no_slot_in_a_gap_is_good_or_bad(filled: SQLStore, truth: Truth) -> None:
    start, end = (int(truth.start + at) for at in truth.gaps.scrapes)
    found = slots(filled, truth, "availability").between(start + 300, end)
    assert not any(column.any() for column in found.columns)


def test_a_day_of_the_history_is_the_day_that_happened(filled: SQLStore, truth: Truth) -> None:
    for day in range(3):
        start = truth.start + day * DAY
        found = slots(filled, truth, "availability").between(start, start + DAY)
        bad, total = truth.events(start, start + DAY)
        assert found.total.sum() == pytest.approx(total, rel=0.005)
        assert found.bad.sum() == pytest.approx(bad, rel=0.005, abs=3)


def test_groups_add_up_to_the_whole(filled: SQLStore, truth: Truth) -> None:
    groups = filled.read("shop-by-instance", truth.start, truth.end + HOUR)
    assert [dict(key.group) for key, _ in groups] == [{"instance": "a:1"}, {"instance": "b:1"}]
    assert sum(one.slots.total.sum() for one in groups) == truth.counted()[1]


def test_a_gauge_is_bad_while_it_is_down(filled: SQLStore, truth: Truth) -> None:
    found = slots(filled, truth, "uptime")
    assert found.bad.sum() == pytest.approx(10 * 60, abs=truth.every)
    assert found.total.sum() == found.known.sum()


def test_latency_counts_what_is_not_in_the_bucket(filled: SQLStore, truth: Truth) -> None:
    found = slots(filled, truth, "latency")
    slow = sum(int(k.slow[1:].sum()) for k in truth.kept.values())
    assert found.bad.sum() == slow


def test_queries_and_slices_are_judged_by_their_own_rates(filled: SQLStore, truth: Truth) -> None:
    minutes = slots(filled, truth, "slices")
    assert minutes.bad.sum() == pytest.approx(10 * 60, abs=60)
    ratio = slots(filled, truth, "ratio")
    # The first failure comes after an hour: until then, the query gives nothing.
    known = slots(filled, truth, "availability").known.sum() - HOUR
    assert ratio.known.sum() == pytest.approx(known, abs=600)
    assert set(ratio.total[ratio.known > 0]) == {300.0}


def entry(store: SQLStore, name: str, at: datetime) -> Entry:
    return next(e for e in Ledger(PLATFORM, store).entries(SHOP, at) if e.slo_id == f"shop-{name}")


def test_a_month_of_berlin_begins_at_its_own_midnight_and_lasts_an_hour_longer_in_october(
    filled: SQLStore, truth: Truth
) -> None:
    found = entry(filled, "availability", datetime.fromtimestamp(truth.end, UTC))
    assert found.period.end - found.period.start == 31 * DAY + HOUR
    assert found.period.start == datetime(2026, 9, 30, 22, tzinfo=UTC).timestamp()
    assert found.raw.total == pytest.approx(truth.counted()[1], rel=1e-3)
    assert found.raw.unknown == pytest.approx(found.raw.elapsed - found.raw.known)


def test_a_journey_is_as_bad_as_its_worst_part(filled: SQLStore, truth: Truth) -> None:
    found = entry(filled, "journey", datetime.fromtimestamp(truth.end, UTC))
    down = entry(filled, "uptime", datetime.fromtimestamp(truth.end, UTC))
    assert found.raw.bad > down.raw.bad
    assert found.raw.total == found.raw.known


def test_however_a_history_is_cut_into_windows_its_rows_are_the_same(
    filled: SQLStore, truth: Truth, url: str, store: SQLStore
) -> None:
    one = collector(PLATFORM, store, url)
    at, step = truth.start + HOUR, 5 * HOUR + 1234
    one.round(at, back=2 * HOUR)
    while at < truth.end + 2 * HOUR:
        at = min(at + step, truth.end + 2 * HOUR)
        one.round(at)
    one.round(at, back=4 * DAY)
    assert rows(store) == rows(filled)


def test_a_server_without_remote_read_gives_the_same_rows(
    filled: SQLStore, truth: Truth, url: str, store: SQLStore
) -> None:
    with misbehaving(url) as (proxy, at):
        proxy.moods = ("no-remote-read",)
        collector(PLATFORM, store, at).round(truth.end + 2 * HOUR, back=4 * DAY)
    assert rows(store) == rows(filled)


def test_collecting_again_changes_nothing(filled: SQLStore, truth: Truth, url: str) -> None:
    before = contents(filled)
    collector(PLATFORM, filled, url).round(truth.end + 2 * HOUR, back=4 * DAY)
    assert contents(filled) == before


def test_a_backup_is_restored_equal(filled: SQLStore, tmp_path: Path) -> None:
    backup, again = (SQLStore(f"sqlite:///{tmp_path / name}") for name in ("backup.db", "again.db"))
    made = copy(filled, backup, "backup")
    assert copy(backup, again, "again") == made == contents(filled)


def test_the_review_of_the_month_says_what_happened(filled: SQLStore, truth: Truth) -> None:
    now = datetime.fromtimestamp(truth.end, UTC)
    october = named("2026-10", "Europe/Berlin", now)
    builder = Builder(PLATFORM, filled)
    found = builder.review(october, (one for rows in builder.rows(october) for one in rows))
    row = next(one for one in found.rows if one.slo_id == "shop-availability")
    bad, total = truth.events(truth.start, truth.end)
    assert row.raw.bad == pytest.approx(bad, rel=0.005)
    assert row.raw.total == pytest.approx(total, rel=0.005)
    before = truth.start - october.start.timestamp()
    assert row.completeness.unknown == pytest.approx(truth.unknown(truth.start, truth.end) + before, abs=1e-3)
    # Nothing was seen of most of the month, so it is not called met.
    assert row.adjusted.verdict in {"unknown", "missed"}
    first = datetime.fromtimestamp(truth.start, UTC)
    assert found.data.first == first
