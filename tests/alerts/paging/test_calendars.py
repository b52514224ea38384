from datetime import timedelta
from pathlib import Path

from icalendar import Calendar
from paging import START, Clock, client

from alerts.paging.links import sign_calendar


def test_a_calendar_is_read_by_its_url_alone_and_knows_the_overrides(tmp_path: Path) -> None:
    pager = client(tmp_path, Clock())
    end = START + timedelta(hours=2)
    cover = {"rotation": "primary", "person": "vera", "start": START.isoformat(), "end": end.isoformat()}
    pager.ada("POST", "/overrides", cover)
    urls = pager.ada("GET", "/calendars")
    assert set(urls["rotation"]) == {"primary"}
    assert set(urls["person"]) == {"ada", "ben", "tara", "vera"}
    answer = pager.get(urls["person"]["vera"].removeprefix("http://127.0.0.1:10015"))
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(answer.content).events
    assert (event.start, event.end, str(event["DESCRIPTION"])) == (START, end, "By an override")
    whole = pager.get(urls["rotation"]["primary"].removeprefix("http://127.0.0.1:10015"))
    assert len(Calendar.from_ical(whole.content).events) > 50


def test_a_calendars_url_that_is_not_ours_reads_nothing(tmp_path: Path) -> None:
    pager = client(tmp_path, Clock())
    assert pager.get("/calendars").status_code == 401
    assert pager.get("/c/a.b.ics").status_code == 403
    assert pager.get(f"/c/{sign_calendar(b'x' * 32, 'person', 'ada')}.ics").status_code == 403
    assert pager.get(f"/c/{sign_calendar(b'k' * 32, 'person', 'zoe')}.ics").status_code == 404
