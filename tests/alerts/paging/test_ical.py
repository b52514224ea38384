from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from crew import PEOPLE, crew, override, weekly
from dateutil.tz import tzical
from icalendar import Calendar

from alerts.paging.ical import Feed, UnknownPersonError
from alerts.paging.schedule import Override, UnknownRotationError, shifts
from alerts.paging.turns import Shift
from slo.oncall import OnCall

MADE = datetime(2026, 3, 1, 12, tzinfo=UTC)
START, END = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 11, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def feed(oncall: OnCall, *overrides: Override, start: datetime = START) -> Feed:
    return Feed(oncall, start, END, MADE, overrides, domain="shop.example.com")


def read(text: bytes) -> list[tuple[str, datetime, datetime, str]]:
    """Events by start, their times by the rules that the calendar brings, not by those of this machine."""
    lines = text.decode().replace("\r\n ", "").split("\r\n")
    zones = tzical(StringIO("\n".join(lines))) if "BEGIN:VTIMEZONE" in lines else None
    found = []
    for event in Calendar.from_ical(text).events:
        times = []
        for property_ in (event["DTSTART"], event["DTEND"]):
            zone = zones.get(property_.params["TZID"]) if zones and "TZID" in property_.params else UTC
            times.append(property_.dt.replace(tzinfo=zone).astimezone(UTC))
        found.append((str(event["SUMMARY"]), times[0], times[1], str(event["UID"])))
    return sorted(found, key=lambda one: one[1])


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
@pytest.mark.parametrize("handoff", [time(10), time(2, 30), time(1, 45), time(0)])
def test_a_calendar_read_back_by_its_own_rules_has_the_shifts(zone: str, handoff: time) -> None:
    oncall = crew(weekly(zone=zone, handoff=handoff, shift=DAY))
    cover = override("cleo", datetime(2026, 10, 25, 1, 15, tzinfo=UTC), datetime(2026, 10, 27, tzinfo=UTC))
    expected = shifts(oncall, "primary", START - 3 * DAY, END + 3 * DAY, (cover,))
    expected = [s for s in expected if s.start < END and s.end > START]
    events = read(feed(oncall, cover).of_rotation("primary"))
    assert [(s.person, s.start, s.end) for s in expected] == [
        (summary.removeprefix("On call: ").removesuffix(" (primary)"), start, end)
        for summary, start, end, _ in events
    ]


def test_an_event_keeps_its_id_whenever_the_calendar_is_made() -> None:
    oncall = crew(weekly())
    cover = override("cleo", datetime(2026, 3, 4, tzinfo=UTC), datetime(2026, 3, 6, tzinfo=UTC))
    earlier, later = (feed(oncall, cover, start=at) for at in (START, START + 9 * DAY))
    before, after = (read(f.of_rotation("primary")) for f in (earlier, later))
    assert after == before[-len(after) :]
    assert len({ident for *_, ident in before}) == len(before)
    assert before[0][3] == "primary-20260223T090000Z@shop.example.com"
    assert earlier.of_rotation("primary") == earlier.of_rotation("primary")


def test_a_person_has_a_calendar_of_all_rotations() -> None:
    oncall = crew(weekly(), weekly(name="secondary", zone="America/New_York", people=("ben", "cleo")))
    every = [
        (rotation, Shift(*shift[:3]))
        for rotation in ("primary", "secondary")
        for shift in shifts(oncall, rotation, START - 8 * DAY, END + 8 * DAY)
        if shift.start < END and shift.end > START
    ]
    for person in PEOPLE:
        told = {(start, end) for _, start, end, _ in read(feed(oncall).of_person(person))}
        assert told == {(s.start, s.end) for _, s in every if s.person == person}


def test_an_empty_calendar_is_one() -> None:
    text = feed(crew(weekly(start=date(2030, 1, 7)))).of_rotation("primary")
    assert Calendar.from_ical(text).events == []


def test_whom_or_what_nobody_knows_has_no_calendar() -> None:
    with pytest.raises(UnknownPersonError, match="nobody is called zoe; there are: ada, ben, cleo"):
        feed(crew(weekly())).of_person("zoe")
    with pytest.raises(UnknownRotationError, match="no rotation night"):
        feed(crew(weekly())).of_rotation("night")


def test_a_shift_takes_no_time_off_and_a_client_asks_again_soon() -> None:
    text = feed(crew(weekly())).of_rotation("primary").decode()
    assert "TRANSP:TRANSPARENT" in text
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT30M" in text
    assert "BEGIN:DAYLIGHT\r\nDTSTART:20260329T020000\r\n" in text
    assert ZoneInfo("Europe/Berlin").key in text
