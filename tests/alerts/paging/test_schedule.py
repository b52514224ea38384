from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from crew import PEOPLE, crew, override, weekly
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.paging.schedule import Override, UnknownRotationError, notified, on_call, shifts
from alerts.paging.turns import Shift
from slo.oncall import Hours, Rotation, Step

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)


def berlin(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=BERLIN)  # type: ignore[misc, arg-type]


def test_people_take_turns_from_the_first_hand_off_on() -> None:
    oncall = crew(weekly())
    assert on_call(oncall, "primary", berlin(2026, 1, 5, 9, 59)) is None
    assert on_call(oncall, "primary", berlin(2026, 1, 5, 10)) == "ada"
    assert on_call(oncall, "primary", berlin(2026, 1, 12, 9, 59, 59)) == "ada"
    assert on_call(oncall, "primary", berlin(2026, 1, 12, 10)) == "ben"
    assert on_call(oncall, "primary", berlin(2026, 1, 26, 10)) == "ada"


def test_a_change_of_the_clock_moves_no_hand_off() -> None:
    spring = shifts(crew(weekly()), "primary", berlin(2026, 3, 23, 10), berlin(2026, 4, 6, 10))
    assert [s.start.astimezone(BERLIN).hour for s in spring] == [10, 10]
    assert [s.end - s.start for s in spring] == [7 * DAY - timedelta(hours=1), 7 * DAY]
    autumn = shifts(crew(weekly()), "primary", berlin(2026, 10, 19, 10), berlin(2026, 10, 26, 10))
    assert [s.end - s.start for s in autumn] == [7 * DAY + timedelta(hours=1)]


def test_a_hand_off_that_the_clock_skips_is_an_hour_later_on_it() -> None:
    daily = crew(weekly(shift=DAY, handoff=time(2, 30)))
    found = shifts(daily, "primary", berlin(2026, 3, 28, 2, 30), berlin(2026, 3, 30, 2, 30))
    assert [s.start for s in found] == [
        datetime(2026, 3, 28, 1, 30, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),  # 03:30 in Berlin, where 02:30 is skipped
    ]
    assert found[-1].end == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_a_hand_off_that_comes_twice_is_the_first() -> None:
    daily = crew(weekly(shift=DAY, handoff=time(2, 30)))
    before, after = (datetime(2026, 10, 25, 0, minute, tzinfo=UTC) for minute in (29, 30))
    assert on_call(daily, "primary", before) != on_call(daily, "primary", after)
    assert on_call(daily, "primary", after) == on_call(daily, "primary", after + timedelta(hours=1))


def test_a_day_that_a_zone_skipped_gives_its_turn_no_time() -> None:
    samoa = crew(weekly(zone="Pacific/Apia", start=date(2011, 12, 28), shift=DAY, handoff=time(9)))
    found = shifts(samoa, "primary", datetime(2011, 12, 28, 20, tzinfo=UTC), datetime(2012, 1, 1, tzinfo=UTC))
    assert [s.person for s in found] == ["ada", "ben", "ada", "ben"]
    assert all(left.end == right.start for left, right in pairwise(found))


def test_a_clock_that_goes_back_over_midnight_gives_no_turn_back() -> None:
    # Until 2011 it went from 00:01 back to 23:01 of the day before.
    daily = crew(weekly(zone="America/St_Johns", start=date(2009, 10, 30), shift=DAY, handoff=time(0)))
    midnight = datetime(2009, 11, 1, 2, 30, tzinfo=UTC)
    assert on_call(daily, "primary", midnight - timedelta(minutes=1)) == "ben"
    assert on_call(daily, "primary", midnight + timedelta(minutes=15)) == "cleo"


def test_hours_of_a_day_that_a_zone_skipped_are_not_there_twice() -> None:
    hours = Hours(zone="Pacific/Apia", days=("thursday", "friday", "saturday"))
    samoa = crew(weekly(start=date(2011, 12, 1), hours=hours))
    found = shifts(samoa, "primary", datetime(2011, 12, 29, 20, tzinfo=UTC), datetime(2012, 1, 1, tzinfo=UTC))
    assert [(s.start.day, s.start.hour, s.end.hour) for s in found] == [(29, 20, 3), (30, 19, 3)]


def test_outside_of_its_hours_nobody_of_a_rotation_is_on_call() -> None:
    hours = Hours(zone="Europe/Berlin", days=("monday", "tuesday"), start=time(8), end=time(20))
    oncall = crew(weekly(hours=hours))
    assert on_call(oncall, "primary", berlin(2026, 1, 12, 7, 59)) is None
    assert on_call(oncall, "primary", berlin(2026, 1, 12, 8)) == "ada"
    assert on_call(oncall, "primary", berlin(2026, 1, 12, 10)) == "ben"
    assert on_call(oncall, "primary", berlin(2026, 1, 12, 20)) is None
    assert on_call(oncall, "primary", berlin(2026, 1, 14, 12)) is None
    found = shifts(oncall, "primary", berlin(2026, 1, 12), berlin(2026, 1, 19))
    assert [(s.person, s.start.astimezone(BERLIN).hour, s.end.astimezone(BERLIN).hour) for s in found] == [
        ("ada", 8, 10),
        ("ben", 10, 20),
        ("ben", 8, 20),
    ]


def test_rotations_that_follow_the_sun_leave_nobody_out_and_call_one() -> None:
    # Where summer time is in step, offices of eight hours hand over to each other all year round.
    spans = (("north", 0, 8), ("east", 8, 16), ("west", 16, 24))
    zone = "Europe/Berlin"
    week = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    oncall = crew(
        *(
            weekly(name=name, hours=Hours(zone=zone, days=week, start=time(start), end=time(end % 24)))
            for name, start, end in spans
        )
    )
    at = berlin(2026, 3, 28)
    while at < berlin(2026, 3, 31):
        called = [name for name, _, _ in spans if on_call(oncall, name, at)]
        assert called == [name for name, start, end in spans if start <= at.astimezone(BERLIN).hour < end]
        at = (at.astimezone(UTC) + timedelta(minutes=30)).astimezone(BERLIN)


def test_the_latest_override_wins_even_where_nobody_would_be() -> None:
    oncall = crew(weekly())
    start = berlin(2026, 1, 13)
    long, short = override("cleo", start, start + 2 * DAY), override("ada", start + DAY, start + 3 * DAY)
    assert on_call(oncall, "primary", start + DAY, (long, short)) == "ada"
    assert on_call(oncall, "primary", start + DAY, (short, long)) == "cleo"
    assert on_call(oncall, "primary", start + 3 * DAY, (long, short)) == "ben"
    early = override("ben", berlin(2025, 12, 1), berlin(2025, 12, 2))
    assert on_call(oncall, "primary", berlin(2025, 12, 1), (early,)) == "ben"


def test_an_override_of_another_rotation_or_of_nobody_we_know_counts_for_nothing() -> None:
    oncall = crew(weekly(), weekly(name="secondary"))
    start = berlin(2026, 1, 13)
    gone = override("zoe", start, start + DAY)
    other = Override(rotation="secondary", person="cleo", start=start, end=start + DAY, by="tara")
    assert on_call(oncall, "primary", start, (gone, other)) == "ben"
    assert on_call(oncall, "secondary", start, (gone, other)) == "cleo"


def test_an_override_has_a_length_and_a_zone() -> None:
    start = berlin(2026, 1, 13)
    with pytest.raises(ValidationError, match="ends after it starts"):
        override("ada", start, start)
    with pytest.raises(ValidationError, match="timezone"):
        override("ada", start.replace(tzinfo=None), start + DAY)


def test_a_step_calls_each_person_once() -> None:
    oncall = crew(weekly(), weekly(name="later", start=date(2027, 1, 4)))
    step = Step(title="All", notify=("primary", "later", "ben", "cleo"))
    called = notified(oncall, step, berlin(2026, 1, 12, 10))
    assert [person.name for person in called] == ["ben", "cleo"]
    assert [p.name for p in notified(oncall, step, berlin(2026, 1, 5, 10))] == ["ada", "ben", "cleo"]


def test_an_unknown_rotation_names_those_there_are() -> None:
    with pytest.raises(UnknownRotationError, match="no rotation night; there are: primary"):
        on_call(crew(weekly()), "night", berlin(2026, 1, 5))


ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu")
START = datetime(2009, 1, 1, tzinfo=UTC)
times = st.timedeltas(timedelta(), 22 * 365 * DAY).map(lambda after: START + after)
rotations = st.builds(
    weekly,
    people=st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3).map(tuple),
    start=st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    handoff=st.times(),
    zone=st.sampled_from(ZONES),
    shift=st.integers(1, 15).map(lambda days: timedelta(days=days)),
)
hours = st.builds(
    lambda zone, days, ends, whole: Hours(
        zone=zone, days=tuple(sorted(days)), start=min(ends), end=time() if whole else max(ends)
    ),
    st.sampled_from(ZONES),
    st.sets(st.sampled_from(("monday", "wednesday", "saturday", "sunday")), min_size=1),
    st.lists(st.builds(time, st.integers(0, 23), st.integers(0, 59)), min_size=2, max_size=2, unique=True),
    st.booleans(),
)
restricted = st.builds(
    lambda rotation, hours: rotation.model_copy(update={"hours": hours}), rotations, st.none() | hours
)
windows = st.builds(lambda start, length: (start, start + length), times, st.timedeltas(DAY, 40 * DAY))


@st.composite
def covers(draw: st.DrawFn, window: tuple[datetime, datetime]) -> list[Override]:
    start, end = window
    moments = st.datetimes(
        start.replace(tzinfo=None) - 5 * DAY, end.replace(tzinfo=None) + 5 * DAY, timezones=st.just(UTC)
    )
    ends = st.lists(moments, min_size=2, max_size=2, unique=True).map(sorted)
    made = st.builds(lambda who, span: override(who, *span), st.sampled_from(PEOPLE), ends)
    return draw(st.lists(made, max_size=4))


def at(found: Sequence[Shift], moment: datetime) -> list[Shift]:
    return [s for s in found if s.start <= moment < s.end]


@settings(deadline=None)
@given(rotations, windows, st.data())
def test_shifts_tile_time_from_the_first_hand_off_on(
    rotation: Rotation, window: tuple[datetime, datetime], data: st.DataObject
) -> None:
    start, end = window
    found = shifts(crew(rotation), "primary", start, end, data.draw(covers(window)))
    assert all(s.start < s.end for s in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
    first = datetime.combine(rotation.start, rotation.handoff, ZoneInfo(rotation.zone)).astimezone(UTC)
    if first <= start:
        assert (found[0].start, found[-1].end) == window
        assert all(left.end == right.start for left, right in pairwise(found))


@settings(deadline=None)
@given(restricted, windows, st.data())
def test_who_is_on_call_is_who_has_the_shift(
    rotation: Rotation, window: tuple[datetime, datetime], data: st.DataObject
) -> None:
    oncall, overrides = crew(rotation), data.draw(covers(window))
    found = shifts(oncall, "primary", *window, overrides)
    edges = {moment for s in found for moment in (s.start, s.end - timedelta(microseconds=1), s.end)}
    drawn = data.draw(st.floats(0, 1, exclude_max=True))
    for moment in {*edges, window[0] + drawn * (window[1] - window[0])}:
        if window[0] <= moment < window[1]:
            expected = [s.person for s in at(found, moment)]
            assert len(expected) <= 1
            assert on_call(oncall, "primary", moment, overrides) == next(iter(expected), None)


@settings(deadline=None)
@given(restricted, windows, st.data())
def test_overrides_change_only_what_they_cover(
    rotation: Rotation, window: tuple[datetime, datetime], data: st.DataObject
) -> None:
    oncall, overrides = crew(rotation), data.draw(covers(window))
    plain, told = (shifts(oncall, "primary", *window, given) for given in ((), overrides))
    for moment in {s.start for s in (*plain, *told)}:
        covering = [o for o in overrides if o.start <= moment < o.end]
        expected = [covering[-1].person] if covering else [s.person for s in at(plain, moment)]
        assert [s.person for s in at(told, moment)] == expected
        assert [s.override for s in at(told, moment)] == [bool(covering)] * len(expected)
