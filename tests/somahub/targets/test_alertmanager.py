"""AlertmanagerConfig resources: what the operator's CRD allows, and what it lacks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from everyone import SECRET, platform
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.routing.unzoned import unzoned
from slo import Hours, Maintenance, Platform
from slo.oncall import DAYS
from somahub.generate import files
from somahub.targets.wanted import Wanted

NIGHTLY = Maintenance(
    name="nightly",
    reason="Moves data",
    approver="vera",
    services=("shop",),
    start=datetime(2026, 1, 1, 23, 30, tzinfo=UTC),
    rrule="FREQ=DAILY",
)


def resource(spec: Platform) -> dict[str, Any]:
    wanted = Wanted("operator", only=("routing",), namespace="monitoring")
    (text,) = files(spec, wanted=wanted).values()
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def test_every_receiver_hours_and_maintenance_are_valid_by_the_crds_schema(
    schema: Callable[[list[Any]], list[str]],
) -> None:
    spec = platform("0.28", direct=("mail",), hours=Hours(zone="America/New_York"))
    found = resource(spec.model_copy(update={"maintenance": (NIGHTLY,)}))
    broken = yaml.safe_load(yaml.safe_dump(found).replace("monday:friday", "workday"))
    good, bad = schema([found, broken])
    assert good == "fine"
    assert bad != "fine"


def test_secrets_are_keys_of_one_secret_and_jira_is_left_to_the_pager() -> None:
    found = {one["name"]: one for one in resource(platform("0.28"))["spec"]["receivers"]}
    key = {"name": "slo-receivers", "key": SECRET}
    assert found["duty"]["pagerdutyConfigs"][0]["routingKey"] == key
    assert found["genie"]["opsgenieConfigs"][0]["apiKey"] == key
    assert found["goalert"]["webhookConfigs"][0]["urlSecret"] == key
    assert found["mail"]["emailConfigs"][0]["authPassword"] == key
    assert found["hook"]["webhookConfigs"][0]["httpConfig"]["authorization"]["credentials"] == key
    assert found["chat"]["slackConfigs"][0]["apiURL"] == {"name": "slo-receivers", "key": "run.secrets.chat"}
    assert found["issues"]["webhookConfigs"][0]["url"] == "http://pager.monitoring.svc:10015/alertmanager"


def test_a_spec_without_people_on_call_has_no_resource() -> None:
    spec = platform().model_copy(update={"oncall": None})
    assert files(spec, wanted=Wanted("operator", only=("routing",))) == {}


@settings(deadline=None)
@given(
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"]),
    day=st.integers(0, 364),
    minute=st.integers(0, 24 * 60 - 1),
)
def test_hours_in_utc_are_those_of_the_zone_but_in_months_when_its_clocks_change(
    zone: str, day: int, minute: int
) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day, minutes=minute)
    local = at.astimezone(ZoneInfo(zone))
    hours = Hours(zone=zone)
    open_there = DAYS[local.weekday()] in hours.days and hours.start <= local.time() < hours.end
    assert _active(_unzoned(hours), at) >= open_there
    changes = _changes(zone)
    # A range of local hours lies on two dates in UTC, so the edge of such a month may be one of the next.
    if not changes & {at.month, (at - timedelta(days=1)).month, (at + timedelta(days=1)).month}:
        assert _active(_unzoned(hours), at) == open_there


@cache
def _unzoned(hours: Hours) -> list[dict[str, Any]]:
    return unzoned(hours, 2026)


@cache
def _changes(zone: str) -> set[int]:
    """The months in which its clocks change."""
    days = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(366)]
    here = ZoneInfo(zone)
    return {
        a.month for a, b in pairwise(days) if a.astimezone(here).utcoffset() != b.astimezone(here).utcoffset()
    }


def _active(intervals: list[dict[str, Any]], at: datetime) -> bool:
    """What Alertmanager makes of intervals, for those fields that business hours have."""
    week = ["sunday", *DAYS[:-1]]
    clock = f"{at:%H:%M}"
    for one in intervals:
        runs = ([*run.split(":"), run][:2] if ":" in run else [run, run] for run in one["weekdays"])
        today = any(week.index(a) <= week.index(DAYS[at.weekday()]) <= week.index(b) for a, b in runs)
        this_month = "months" not in one or str(at.month) in one["months"]
        if today and this_month and any(t["start_time"] <= clock < t["end_time"] for t in one["times"]):
            return True
    return False
