from datetime import timedelta
from pathlib import Path

from incidents import MINUTE, NOW, acknowledged, burn, down, incident, resolved

from alerts.paging.handover import Coming, Handover, handover, markdown, text
from alerts.paging.incident import Incident, Status
from alerts.paging.turns import Shift

GOLDEN = Path(__file__).parents[2] / "golden/messages/handover.md"
DAY = timedelta(days=1)
SHIFT = Shift("ada", NOW - 3 * DAY, NOW + 4 * DAY)


def over(number: int, after: timedelta, **changed: object) -> Incident:
    """An incident that ended by itself, with nobody on it."""
    fields = {
        "resolved": NOW + after,
        "resolved_by": "pager",
        "status": Status.RESOLVED,
        "next_level_at": None,
    }
    return incident(down(), number=number, **fields | changed)


def report() -> Handover:
    work = Coming(
        SHIFT.end + DAY, SHIFT.end + DAY + timedelta(hours=2), "maintenance postgresql: a new version"
    )
    known = [
        resolved(),
        over(18, 2 * MINUTE, created=NOW + DAY, resolved=NOW + DAY + 2 * MINUTE),
        over(19, 40 * MINUTE, reopened=2, created=NOW + 2 * DAY, resolved=NOW + 2 * DAY + 40 * MINUTE),
        acknowledged().model_copy(
            update={"number": 20, "created": NOW + 3 * DAY, "acknowledged": NOW + 3 * DAY + 6 * MINUTE}
        ),
        incident(burn(), number=21, severity="ticket", priority="P2", created=NOW + 3 * DAY),
        incident(down(), number=3, created=NOW - 9 * DAY, status=Status.SNOOZED, snoozed_until=SHIFT.end),
        incident(down(), number=22, test=True),
    ]
    return handover("platform-primary", SHIFT, known, [work], ["gateway availability: 82 % left"])


def test_a_hand_over_is_as_written() -> None:
    assert markdown(report(), "Europe/Berlin") == GOLDEN.read_text(encoding="utf-8")


def test_tests_and_what_others_had_are_left_out_but_what_is_open_is_not() -> None:
    told = report()
    assert [i.number for i in told.pages] == [17, 18, 19, 20]
    assert [i.number for i in told.tickets] == [21]
    assert [i.number for i in told.open] == [3, 20, 21]


def test_noise_is_what_nobody_could_act_on() -> None:
    assert [(i.number, why) for i, why in report().noise] == [
        (18, "gone by itself after 2 min"),
        (19, "came back 2 times"),
    ]
    taken = over(1, 2 * MINUTE, acknowledged=NOW + MINUTE, acknowledged_by="ada")
    lasting, by_hand = over(2, 6 * MINUTE), over(3, MINUTE, resolved_by="ada")
    assert handover("r", SHIFT, [taken, lasting, by_hand]).noise == ()


def test_a_quiet_shift_says_so() -> None:
    told = text(handover("primary", SHIFT, []), "UTC")
    assert told == (
        "Hand-over of primary by ada\n\n2026-11-22 09:03 UTC to 2026-11-29 09:03 UTC. 0 pages.\n\nNothing is open.\n"
    )


def test_text_of_alerts_stays_on_its_line_and_text() -> None:
    told = markdown(
        handover("r", SHIFT, [incident(title="a\n# b\x1b[2J [x](http://evil.example) <b>")]), "UTC"
    )
    assert "\n# b" not in told
    assert "\x1b" not in told
    assert r"\[x\](http://evil.example) \<b\>" in told
