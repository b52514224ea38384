from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from paging import Clock, alert, client, oncall, paging, sent_to

from alerts.paging.ingest import arrivals
from alerts.paging.models import Webhook
from alerts.paging.pager import Pager
from slo.oncall import OnCall

BERLIN = ZoneInfo("Europe/Berlin")


def spec(handoff: time) -> OnCall:
    usual = oncall()
    rotation = usual.rotations[0].model_copy(update={"zone": "Europe/Berlin", "handoff": handoff})
    return usual.model_copy(update={"rotations": (rotation,)})


def fire(pager: Pager) -> None:
    told = Webhook.model_validate({"alerts": [alert(starts=pager.clock())]})
    pager.receive(arrivals(told, pager.clock()))


def minutes_of_calls(pager: Pager, clock: Clock, length: int) -> list[tuple[int, str]]:
    """Turn the clock minute by minute; when each receiver was called."""
    calls, seen = [], len(sent_to(pager))
    for minute in range(1, length + 1):
        clock.turn(minutes=1)
        pager.tick()
        found = sent_to(pager)
        calls += [(minute, one.partition(":")[2]) for one in found[seen:]]
        seen = len(found)
    return calls


def test_each_level_is_reached_at_its_minute_across_a_change_of_the_clock_and_a_hand_off(
    tmp_path: Path,
) -> None:
    # At 03:00 on this Sunday the clock goes back to 02:00; the hand-off is at 02:30 on Monday, as every week.
    clock = Clock(datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN).astimezone(UTC))
    with paging(tmp_path, clock, spec(time(2, 30))) as pager:
        fire(pager)
        first = sent_to(pager)
        assert minutes_of_calls(pager, clock, 45) == [(10, "tara"), (30, "vera")]
    other = tmp_path / "hand-off"
    other.mkdir()
    # The repeat at minute 60 is after the hand-off at minute 20: the next person is called.
    clock = Clock(datetime(2026, 10, 26, 2, 10, tzinfo=BERLIN).astimezone(UTC))
    with paging(other, clock, spec(time(2, 30))) as pager:
        fire(pager)
        before = sent_to(pager)
        after = "triggered:ben" if before == ["triggered:ada"] else "triggered:ada"
        assert minutes_of_calls(pager, clock, 95) == [
            (10, "tara"),
            (30, "vera"),
            (60, after.partition(":")[2]),
            (70, "tara"),
            (90, "vera"),
        ]
    assert first == before  # the same week


def test_timers_are_in_the_database_and_not_in_the_process(tmp_path: Path) -> None:
    clock = Clock()
    with paging(tmp_path, clock) as pager:
        fire(pager)
    clock.turn(minutes=10)
    with paging(tmp_path, clock) as pager:
        assert pager.tick() == 1
        assert sent_to(pager)[-1] == "escalated:tara"


def test_of_two_replicas_one_takes_a_step(tmp_path: Path) -> None:
    clock = Clock()
    with paging(tmp_path, clock) as one, paging(tmp_path, clock) as two:
        fire(one)
        clock.turn(minutes=10)
        one.tick()
        two.tick()
        assert sent_to(one).count("escalated:tara") == 1


def test_a_step_taken_late_counts_from_the_beginning(tmp_path: Path) -> None:
    clock = Clock()
    with paging(tmp_path, clock) as pager:
        fire(pager)
        clock.turn(minutes=25)
        pager.tick()
        assert minutes_of_calls(pager, clock, 6) == [(5, "vera")]


def test_overrides_are_called(tmp_path: Path) -> None:
    clock = Clock()
    pager = client(tmp_path, clock)
    day = timedelta(days=1)
    body = {
        "rotation": "primary",
        "person": "vera",
        "start": (clock.now - day).isoformat(),
        "end": (clock.now + day).isoformat(),
    }
    kept = pager.ada("POST", "/overrides", body)
    assert (kept["by"], pager.ada("GET", "/oncall")["rotations"]) == ("ada", {"primary": "vera"})
    pager.alerts(alert())
    with paging(tmp_path, clock) as inside:
        assert sent_to(inside) == ["triggered:vera"]
    pager.ada("DELETE", f"/overrides/{kept['id']}")
    assert pager.ada("GET", "/overrides") == []
    assert pager.ada("GET", "/oncall")["rotations"] != {"primary": "vera"}
