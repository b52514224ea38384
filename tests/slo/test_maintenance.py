from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.routing.intervals import dated
from slo import Maintenance
from slo.maintenance import occurrences
from slo.window import Span

YEAR = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
FIELDS: dict[str, Any] = {
    "name": "work",
    "reason": "New racks",
    "approver": "vera",
    "start": datetime(2026, 1, 4, 1, tzinfo=UTC),
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def work(**fields: object) -> Maintenance:
    return Maintenance.model_validate(FIELDS | fields)


def test_work_without_a_rule_is_once() -> None:
    assert occurrences(work(length="90m"), *YEAR) == [Span(at("2026-01-04T01:00Z"), at("2026-01-04T02:30Z"))]
    assert occurrences(work(start=at("2025-06-01T00:00Z")), *YEAR) == []


def test_work_that_is_under_way_at_an_edge_is_cut_there() -> None:
    spans = occurrences(work(length="2h"), at("2026-01-04T02:00Z"), at("2026-01-04T02:30Z"))
    assert spans == [Span(at("2026-01-04T02:00Z"), at("2026-01-04T02:30Z"))]


def test_a_weekly_rule_keeps_its_local_time_when_the_clocks_change() -> None:
    weekly = work(start="2026-03-22T02:00:00+01:00", rrule="FREQ=WEEKLY;COUNT=4", zone="Europe/Berlin")
    begins = [span.start for span in occurrences(weekly, *YEAR)]
    # On 29 March the hour from 2 to 3 is skipped: it begins where 2 would have been.
    assert begins == [
        at("2026-03-22T02:00+01:00"),
        at("2026-03-29T02:00+01:00"),
        at("2026-04-05T02:00+02:00"),
        at("2026-04-12T02:00+02:00"),
    ]


def test_in_the_hour_that_comes_twice_it_begins_the_first_time_and_lasts_its_length() -> None:
    (span,) = occurrences(
        work(start="2026-10-25T02:30:00+02:00", rrule="FREQ=DAILY;COUNT=1", zone="Europe/Berlin"), *YEAR
    )
    assert span == Span(at("2026-10-25T00:30Z"), at("2026-10-25T01:30Z"))


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=MONTHLY;BYDAY=1SU", ["2026-01-04", "2026-02-01", "2026-03-01"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("FREQ=WEEKLY;INTERVAL=2", ["2026-01-04", "2026-01-18", "2026-02-01"]),
        ("FREQ=WEEKLY;UNTIL=20260120T000000Z", ["2026-01-04", "2026-01-11", "2026-01-18"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28", ["2026-02-28"]),
    ],
)
def test_rules_of_rfc_5545_are_followed(rule: str, days: list[str]) -> None:
    found = [f"{span.start:%Y-%m-%d}" for span in occurrences(work(rrule=rule), *YEAR)]
    assert found[: len(days)] == days


def test_occurrences_that_overlap_are_one() -> None:
    whole = occurrences(work(rrule="FREQ=DAILY;COUNT=3", length="25h"), *YEAR)
    assert whole == [Span(at("2026-01-04T01:00Z"), at("2026-01-07T02:00Z"))]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"approver": ""}, "approver"),
        ({"length": timedelta()}, "expected a length above 0"),
        ({"length": "32d"}, "of 31 days at most"),
        ({"start": datetime(2026, 1, 1)}, "expected a time with its offset"),  # noqa: DTZ001 - refused for that
        ({"zone": "Mars/Base"}, "expected an IANA zone"),
        ({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "maintenance work: rrule: never occurs"),
        ({"rrule": "FREQ=WEEKLY;UNTIL=20250101T000000Z"}, "maintenance work: rrule: never occurs"),
        ({"rrule": "FREQ=HOURLY"}, "maintenance work: rrule: expected FREQ=DAILY"),
        ({"rrule": "each Sunday"}, "maintenance work: rrule: expected FREQ=DAILY"),
        ({"rrule": "FREQ=WEEKLY;BYDAY=XX"}, "maintenance work: rrule: "),
        ({"rrule": "FREQ=WEEKLY;UNTIL=20270101"}, "maintenance work: rrule: "),
        ({"rrule": "FREQ=WEEKLY;COUNT=x"}, "maintenance work: rrule: "),
        ({"rrule": "FREQ=WEEKLY\nEXDATE:20260104"}, "maintenance work: rrule: expected FREQ=DAILY"),
    ],
)
def test_work_that_nobody_approved_or_that_never_is_is_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        work(**fields)


def test_work_over_midnight_and_new_year_is_muted_day_by_day() -> None:
    assert dated([Span(at("2026-12-31T22:00Z"), at("2027-01-01T01:30Z"))]) == [
        {
            "times": [{"start_time": "22:00", "end_time": "24:00"}],
            "days_of_month": ["31"],
            "months": ["12"],
            "years": ["2026"],
        },
        {
            "times": [{"start_time": "00:00", "end_time": "01:30"}],
            "days_of_month": ["1"],
            "months": ["1"],
            "years": ["2027"],
        },
    ]


def test_days_of_a_month_at_the_same_time_are_one_interval() -> None:
    spans = occurrences(work(rrule="FREQ=DAILY;COUNT=5"), *YEAR)
    (interval,) = dated(spans)
    assert interval["days_of_month"] == ["4:8"]


def test_the_example_of_the_manual_is_the_last_sunday_of_each_month() -> None:
    page = Path(__file__).parents[2] / "platform/docs/routing.md"
    code = page.read_text().split("```python\n")[1].split("```")[0]
    maintenance = eval(code, {"Maintenance": Maintenance})  # noqa: S307 - our own page
    found = occurrences(maintenance, datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC))
    assert [f"{span.start:%Y-%m-%d %H:%M}" for span in found] == [
        "2026-11-29 01:00",
        "2026-12-27 01:00",
        "2027-01-31 01:00",
    ]


@settings(deadline=None)
@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    length=st.integers(1, 4000),
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    rule=st.sampled_from(["", "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=SU,WE", "FREQ=MONTHLY;BYDAY=-1FR"]),
)
def test_every_minute_of_work_is_muted_and_no_other(
    start: datetime, length: int, moment: datetime, rule: str
) -> None:
    start = start.replace(second=0, microsecond=0)
    spans = occurrences(work(start=start, length=timedelta(minutes=length), rrule=rule), *YEAR)
    assert all(a.end < b.start for a, b in pairwise(spans))
    within = any(span.start <= moment < span.end for span in spans)
    assert any(_mutes(interval, moment) for interval in dated(spans)) == within


def _mutes(interval: dict[str, Any], moment: datetime) -> bool:
    days = [[int(n) for n in run.split(":")] for run in interval["days_of_month"]]
    (times,) = interval["times"]
    return (
        interval["years"] == [f"{moment.year}"]
        and interval["months"] == [f"{moment.month}"]
        and any(run[0] <= moment.day <= run[-1] for run in days)
        and times["start_time"] <= f"{moment:%H:%M}" < times["end_time"]
    )
