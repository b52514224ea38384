import json
import re
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from icalendar import Calendar
from live import free_port, served
from paging import ADA, oncall, settings
from receiver import Answer, Receiver

from alerts.paging.app import create_app
from alerts.paging.client import PagerClient, PagerError
from alerts.paging.turns import Shift
from collectors.history.sql import SQLStore
from collectors.history.store import Key, Stored
from slo import load
from slo.slots import SLOT, Slots
from somahub.cli import main
from somahub.commands.oncall import app
from somahub.commands.oncall.budgets import lines, spent_in

SPEC = """
from paging import oncall
from slo import SLO, Platform, Service, Uptime
shop = Service(name="shop", port=8080, owner="platform", slos=(SLO(name="uptime", objective="99.9", sli=Uptime()),))
platform = Platform(name="shop", services=(shop,), oncall=oncall())
"""


class Told(NamedTuple):
    code: int
    out: str
    err: str


class Desk:
    """``slo oncall`` with a spec, a pager and Ada's token."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], url: str) -> None:
        self.spec = folder / "spec.py"
        self.spec.write_text(SPEC)
        self._token = folder / "ada.token"
        self._token.write_text(f"{ADA}\n")
        self._capsys = capsys
        self.url = url

    def __call__(self, *args: object, pager: bool = True) -> Told:
        more = ("--pager", self.url, "--token-file", self._token) if pager else ()
        code = main(["oncall", *map(str, (*args, *more))])
        return Told(code, *self._capsys.readouterr())


@pytest.fixture
def receivers() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], receivers: Receiver) -> Iterator[Desk]:
    app = create_app(settings(tmp_path, poll="50ms"), oncall(receivers.url))
    with served(app) as url:
        yield Desk(tmp_path, capsys, url)


def offline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys, f"http://127.0.0.1:{free_port()}")


def test_who_is_on_call_is_known_without_a_pager(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = offline(tmp_path, capsys)
    told = desk("now", desk.spec, "--json", pager=False)
    (rotation,) = json.loads(told.out)["rotations"]
    person = rotation["person"]
    assert person in {"ada", "ben"}
    text = desk("now", desk.spec, pager=False).out
    assert text.startswith(f"primary: {person} until ")
    assert "\n  after 30 min  VP                    vera\n" in text
    with_pager = desk("now", desk.spec)
    assert with_pager.code == 0
    assert with_pager.out == text
    assert with_pager.err.startswith("note: overrides are not known: the pager at http://127.0.0.1:")


def test_a_schedule_lists_whole_shifts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = offline(tmp_path, capsys)
    asked = ("schedule", "primary", "--spec", desk.spec, "--from", "2026-11-04T10:00", "--days", 14)
    assert desk(*asked, pager=False).out.splitlines() == [
        "primary (UTC)",
        "  2026-11-02 09:00 UTC to 2026-11-09 09:00 UTC  ben",
        "  2026-11-09 09:00 UTC to 2026-11-16 09:00 UTC  ada",
        "  2026-11-16 09:00 UTC to 2026-11-23 09:00 UTC  ben",
    ]
    (first, *_) = json.loads(desk(*asked, "--json", pager=False).out)
    assert first == {
        "rotation": "primary",
        "person": "ben",
        "start": "2026-11-02T09:00:00Z",
        "end": "2026-11-09T09:00:00Z",
        "override": False,
    }


def test_a_calendar_is_written_for_a_rotation_or_a_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = offline(tmp_path, capsys)
    out = tmp_path / "ada.ics"
    assert desk("ical", "--person", "ada", "--spec", desk.spec, "--out", out, pager=False).code == 0
    events = Calendar.from_ical(out.read_bytes()).events
    assert {str(e["SUMMARY"]) for e in events} == {"On call: ada (primary)"}


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (("schedule", "night"), "no rotation night; there are: primary"),
        (
            ("schedule", "--from", "soon"),
            "expected a time such as 2026-11-25T18:00, or 2h from now, got 'soon'",
        ),
        (("ical",), "expected a rotation, or --person"),
        (("ical", "--person", "zoe"), "nobody is called zoe; there are: ada, ben, tara, vera"),
        (("override", "night", "ada", "--until", "2h"), "no rotation night; there are: primary"),
        (
            ("override", "primary"),
            "expected ROTATION PERSON --until TIME, or --delete ID, or nothing to list",
        ),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], args: tuple[str, ...], error: str
) -> None:
    desk = offline(tmp_path, capsys)
    assert desk(*args, "--spec", desk.spec, pager=False) == (2, "", f"error: {error}\n")


@pytest.mark.parametrize("args", [("list",), ("ack", "1"), ("resolve", "1"), ("test",), ("handover",)])
def test_a_pager_that_is_not_there_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], args: tuple[str, ...]
) -> None:
    told = offline(tmp_path, capsys)(*args)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("error: the pager at http://127.0.0.1:")
    assert told.err.endswith("is not reachable: Connection refused\n")


def test_a_token_that_is_not_known_says_where_to_give_one(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "ada.token").write_text("another")
    told = desk("list")
    assert told.code == 2
    assert told.err == (
        "error: the pager refused: The token is missing or not known. "
        "Give --token-file, or SLO_PAGER_TOKEN_FILE.\n"
    )


def test_a_test_page_arrives_and_is_over_again(desk: Desk, receivers: Receiver) -> None:
    told = desk("test", "--wait", "30s")
    assert told.code == 0, told
    assert told.out.startswith("incident #1, a test, for platform\n")
    assert told.out.endswith("arrived\n")
    first = next(one for one in receivers.taken if one.body["event"] == "triggered")
    assert first.path in {"/ada", "/ben"}
    assert first.body["incident"]["test"] is True
    assert " resolved  TEST Test of the way to whoever is on call" in desk("list", "--all").out


def test_a_test_page_that_nobody_gets_is_exit_code_1(desk: Desk, receivers: Receiver) -> None:
    receivers.answer = lambda _: "500"
    told = desk("test", "--wait", "1s")
    assert told.code == 1
    assert re.search(r"waiting after \d+ attempts?: answered 500", told.out)
    assert told.out.endswith("not delivered within 1s\n")


def test_a_test_page_may_have_to_be_acknowledged(desk: Desk, receivers: Receiver) -> None:
    assert desk("test", "--acknowledged", "--wait", "1s", "--json").code == 1

    def acknowledges(_: str) -> Answer:
        with suppress(PagerError), PagerClient(desk.url, ADA) as pager:
            pager.act(pager.incident("2"), "acknowledge")
        return "200"

    receivers.answer = acknowledges
    told = desk("test", "--acknowledged", "--wait", "30s", "--json")
    assert told.code == 0
    assert json.loads(told.out)["by"] == "ada"


def test_incidents_are_taken_snoozed_given_away_and_resolved(desk: Desk) -> None:
    assert desk("test", "--keep").code == 0
    assert " triggered  TEST " in desk("list").out
    assert " acknowledged by ada " in desk("ack", "1").out
    assert " snoozed until " in desk("snooze", "#1", "--for", "2h").out
    assert desk("reassign", 1, "--to", "tara").code == 0
    assert desk("reassign", 1, "--add", "vera").code == 0
    assert json.loads(desk("resolve", 1, "--json").out)[0]["resolved_by"] == "ada"
    assert desk("list").out == "nothing is open\n"
    assert desk("ack", 1).err == "error: the pager refused: incident 1 is resolved.\n"
    assert desk("ack", 7).err == "error: there is no incident 7\n"
    assert desk("ack", "nope").err == "error: the pager refused: There is no incident nope.\n"
    assert desk("reassign", 1).err == "error: expected one of --to, --team and --add\n"
    assert desk("snooze", 1, "--for", "2020-01-01").err == "error: 2020-01-01 is over: nothing to wait for\n"


def test_an_override_counts_until_it_is_taken_back(desk: Desk) -> None:
    made = desk("override", "primary", "vera", "--until", "2h", "--spec", desk.spec)
    assert made.out.startswith("1  primary  ")
    assert made.out.endswith("  vera, said by ada\n")
    assert desk("now", desk.spec).out.startswith("primary: vera by an override until ")
    shifts = json.loads(desk("schedule", "--spec", desk.spec, "--json").out)
    assert [s["person"] for s in shifts if s["override"]] == ["vera"]
    assert [o["id"] for o in json.loads(desk("override", "--json", "--spec", desk.spec).out)] == [1]
    assert desk("override", "--delete", 1, "--spec", desk.spec).out == "taken back\n"
    assert desk("override", "--spec", desk.spec).out == "there is none\n"


def test_a_hand_over_tells_what_is_open(desk: Desk) -> None:
    with PagerClient(desk.url, ADA) as pager:
        pager.trigger({"title": "Redis is down", "team": "platform"})
    told = desk("handover", "--spec", desk.spec, "--format", "md")
    assert told.code == 0, told
    assert told.out.startswith("# Hand-over of primary by ")
    assert "## Still open\n\n- #1 P1 " in told.out
    assert "Redis is down: nobody works on it" in told.out
    assert json.loads(desk("handover", "--spec", desk.spec, "--format", "json").out)["open"] == [1]


def test_a_hand_over_tells_what_the_shift_cost_of_error_budgets(desk: Desk, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'history.db'}"
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    # Up for a day, but for two slots, one of them in the shift: 300 s of the 2592 s that 99.9 % of 30 days allow.
    down, known = np.zeros(288), np.full(288, float(SLOT))
    down[[0, -1]] = SLOT
    slots = Slots(int(end.timestamp()) - 86400, down, known, known, np.zeros(288))
    with closing(SQLStore(store)) as kept:
        kept.write([Stored(Key("shop-uptime"), slots)], {})
    shift = Shift("ada", end - timedelta(hours=8), end)
    spent = spent_in(load(str(desk.spec)), "primary", shift, end, store)
    assert lines(spent) == ["shop-uptime: 11.6 % spent in the shift, 76.9 % left"]
    told = desk("handover", "--spec", desk.spec, "--history", store)
    assert "\nError budgets\n\n  shop-uptime: " in told.out


def test_an_incident_is_shown_with_what_happened_to_it(desk: Desk) -> None:
    with PagerClient(desk.url, ADA) as pager:
        pager.trigger({"title": "Redis is down", "team": "platform"})
    desk("ack", 1)
    told = desk("show", 1, "--spec", desk.spec)
    assert told.out.startswith("[P1] #1 acknowledged: Redis is down\nPage opened at ")
    assert "\nWorks on it    ada\n" in told.out
    assert [line.split("  ")[1].partition(":")[0] for line in told.out.splitlines()[-4:]] == [
        "opened",
        "notified",
        "acknowledged by ada",
        "notified",
    ]
    assert json.loads(desk("show", 1, "--spec", desk.spec, "--json").out)["number"] == 1


def test_the_page_lists_every_command() -> None:
    page = (Path(__file__).parents[2] / "platform/docs/oncall.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `slo oncall (\w+)", page, re.MULTILINE))
    assert listed == {command.name for command in app.registered_commands}
