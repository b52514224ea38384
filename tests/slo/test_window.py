"""Rolling and calendar windows."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from alerts import rule_groups
from slo import SLO, Calendar, InvalidSpecError, Platform, Ratio, Service
from slo.budget import budget
from slo.burnrate import policy
from slo.rules import recording_groups
from slo.tally import Tally
from slo.window import span


def slo(window: object) -> SLO:
    sli = Ratio(total="t_total", bad="b_total")
    return SLO.model_validate({"name": "x", "objective": "99.9", "sli": sli, "window": window})


@pytest.mark.parametrize(
    ("unit", "zone", "moment", "start", "end"),
    [
        ("month", "UTC", "2026-10-31T23:59:59+00:00", "2026-10-01T00:00:00+00:00", "2026-11-01T00:00:00+00:00"),
        ("month", "UTC", "2026-12-05T00:00:00+00:00", "2026-12-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00"),
        # Berlin is ahead of UTC, so there it is November already; in October it goes from +2 to +1.
        ("month", "Europe/Berlin", "2026-10-31T23:30:00+00:00", "2026-10-31T23:00:00+00:00", "2026-11-30T23:00:00+00:00"),
        ("month", "Europe/Berlin", "2026-10-15T00:00:00+00:00", "2026-09-30T22:00:00+00:00", "2026-10-31T23:00:00+00:00"),
        ("quarter", "UTC", "2026-11-24T12:00:00+00:00", "2026-10-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00"),
        ("quarter", "America/New_York", "2026-01-01T04:59:00+00:00", "2025-10-01T04:00:00+00:00", "2026-01-01T05:00:00+00:00"),
        ("week", "UTC", "2026-11-22T23:00:00+00:00", "2026-11-16T00:00:00+00:00", "2026-11-23T00:00:00+00:00"),
        ("week", "Asia/Tokyo", "2026-11-22T23:00:00+00:00", "2026-11-22T15:00:00+00:00", "2026-11-29T15:00:00+00:00"),
    ],
)  # fmt: skip
def test_a_calendar_period_is_that_of_its_place(
    unit: Literal["week", "month", "quarter"], zone: str, moment: str, start: str, end: str
) -> None:
    found = Calendar(unit=unit, zone=zone).at(datetime.fromisoformat(moment))
    assert [one.isoformat() for one in found] == [start, end]


def test_a_week_in_which_clocks_change_is_an_hour_off() -> None:
    weeks = Calendar(unit="week", zone="Europe/Berlin")
    lengths = {weeks.at(datetime(2026, *day, tzinfo=UTC)) for day in ((3, 25), (10, 21), (11, 11))}
    assert {end - start for start, end in lengths} == {timedelta(hours=h) for h in (167, 169, 168)}


def test_a_rolling_window_ends_now() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert span(timedelta(days=30), now) == (now - timedelta(days=30), now)


@pytest.mark.parametrize(
    ("window", "message"),
    [
        ("36h", "expected whole days from 1d to 90d"),
        ("12h", "expected whole days from 1d to 90d"),
        ("91d", "expected whole days from 1d to 90d"),
        ("month", "expected a duration such as 200ms, 5m or 30d"),
        ({"unit": "year"}, "'week', 'month' or 'quarter'"),
        ({"unit": "month", "zone": "Europe/Atlantis"}, "expected an IANA time zone"),
        ({"unit": "month", "zone": "../etc"}, "expected an IANA time zone"),
        ({"zone": "UTC"}, "Field required"),
    ],
)
def test_a_window_that_is_none_is_an_error_at_its_field(window: object, message: str) -> None:
    with pytest.raises(ValueError, match=r"(?s)window") as caught:
        slo(window)
    error = InvalidSpecError.from_validation("x.py", caught.value)  # type: ignore[arg-type]
    assert error.field.startswith("SLO.window")
    assert message in error.reason


def test_a_calendar_slo_alerts_on_rolling_windows_and_leaves_its_period_to_the_history() -> None:
    month, rolling = slo(Calendar(unit="month", zone="Europe/Berlin")), slo("30d")
    assert month.policy == rolling.policy == policy(timedelta(days=30))
    records, alerts = [], []
    for one in (month, rolling):
        service = Service(name="shop", slos=(one,))
        platform = Platform(name="p", services=(service,))
        groups = recording_groups(platform, service, one)
        records.append({rule.record for group in groups for rule in group.rules})
        rules = [r for group in rule_groups(platform, service, one) for r in group.rules]
        alerts.append({(r.alert, r.expr) for r in rules if r.alert})
    assert records[1] - records[0] == {
        "slo:events_bad_period:rate5m",
        "slo:events_total_period:rate5m",
        "slo:sli_error:ratio_rate30d",
        "slo:period_coverage:ratio",
        "slo:period_error_budget_spent:ratio",
        "slo:period_error_budget_remaining:ratio",
    }
    assert alerts[0] == alerts[1]


def test_the_budget_of_a_month_is_that_of_its_own_days() -> None:
    # 44.64 minutes of 31 days, half of them spent within the first half of the month.
    month = Calendar(unit="month").at(datetime(2026, 10, 16, 12, tzinfo=UTC))
    known = 15.5 * 86400
    spent = Tally(bad=22.32 * 60, total=known, known=known, steps=())
    assert budget(slo(Calendar(unit="month")), spent, month.end - month.start).spent == pytest.approx(0.5)
