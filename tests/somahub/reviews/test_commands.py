"""``slo report`` of a period and ``slo whatif`` as their users run them, and deliveries to a real bucket and mailbox."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from aiosmtpd.controller import Controller
from company import BERLIN, MOVE, NOW, company, fill, incidents
from live import free_port
from objectstore import ACCESS, SECRET, ObjectServer, object_server

from alerts.paging.database import Database
from alerts.paging.engine import Outcome
from alerts.paging.store import Incidents
from collectors.backups.stores.objects import client
from collectors.history.sql import SQLStore
from slo.receivers import Email
from somahub.cli import main
from somahub.inbox.kept import Kept
from somahub.inbox.mail import Mailbox
from somahub.reviews.archive import Bucket
from somahub.reviews.deliver import delivered
from somahub.reviews.make import Sources, review
from somahub.reviews.model import Review, sealed
from somahub.reviews.periods import named

SPEC = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2] / "harness")!r})
from company import MOVE, company
platform = company(MOVE)
small = platform.model_copy(update={{"services": platform.services[1:2]}})
"""


class Done(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a spec, a history, and the pager's database of slo up."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "spec.py").write_text(SPEC)
    with closing(SQLStore(f"sqlite:///{folder / 'slo-history.db'}")) as store:
        fill(store)
    (folder / ".slo").mkdir()
    with closing(Database(f"sqlite:///{folder / '.slo/pager.db'}")) as database:
        for one in incidents():
            new = one.model_copy(update={"number": 0})
            database.change(lambda c, new=new: Incidents(c).save(Outcome(new), NOW))
    return folder


@pytest.fixture
def slo(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(home)

    def run(*arguments: object) -> Done:
        capsys.readouterr()
        code = main([*map(str, arguments)])
        return Done(code, *capsys.readouterr())

    return run


def test_a_month_is_written_with_what_the_pager_of_slo_up_knows(home: Path, slo: Run) -> None:
    for form, mark in (("csv", b"period,"), ("html", b"<!DOCTYPE"), ("md", b"# SLO review")):
        done = slo("report", "spec.py", "--month", "2026-10", "--format", form)
        assert (done.code, done.err) == (0, "")
        assert (home / f"slo-review-2026-10.{form}").read_bytes().startswith(mark)
    assert done.out.splitlines() == [
        "October 2026: 1 missed, 2 unknown, 7 met",
        "shop-availability: 120 % of the budget spent; #2 Web shop: the error budget of availability burns too fast",
        "written to slo-review-2026-10.md",
    ]


def test_the_json_is_the_model_s_and_the_same_each_time(slo: Run) -> None:
    one, other = (
        slo("report", "spec.py", "--quarter", "2026-Q3", "--format", "json", "--out", "-") for _ in "ab"
    )
    assert one == other
    found = Review.model_validate(json.loads(one.out))
    assert (found.period.kind, found.period.zone, found.period.name) == ("quarter", BERLIN, "2026-Q3")


def test_any_days_and_another_period_can_be_asked_for(slo: Run) -> None:
    days = ("--from", "2026-10-12", "--to", "2026-10-13", "--zone", "UTC")
    done = slo("report", "spec.py", *days, "--compare", "2026-W40", "--format", "json", "--out", "-")
    found = Review.model_validate(json.loads(done.out))
    assert (found.period.start.day, found.period.zone) == (12, "UTC")
    assert found.comparison is not None
    assert found.comparison.period.name == "2026-W40"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--month", "october"), "--month: expected a period such as 2026-10, got 'october'"),
        (("--month", "2026-10", "--history", "sqlite:///no.db"), "history in no.db: no such history"),
        (("--month", "2026-10", "--history", "what"), "expected a URL such as sqlite:///"),
        (("--month", "2026-10", "--pager", "sqlite:///no.db"), "--pager: no.db: no such file"),
        (("--month", "2026-10", "--pager", "http://127.0.0.1:9"), "the pager at http://127.0.0.1:9"),
        (("--month", "2026-10", "--prometheus", "http://127.0.0.1:9"), "Prometheus at http://127.0.0.1:9"),
        (("--month", "2026-10", "--zone", "Mars"), "--zone: expected an IANA time zone"),
        (("--month", "2026-10", "--deliver", "s3://reviews"), "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"),
        (
            ("--month", "2026-10", "--deliver", "kept", "--mail", "nobody"),
            "--mail: nobody is no e-mail receiver",
        ),
        (("--format", "csv"), "--format: csv is for a period, such as --month 2026-10"),
    ],
)
def test_wrong_use_is_named(
    slo: Run, options: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    done = slo("report", "spec.py", *options)
    assert (done.code, said in done.err) == (2, True), done.err


def test_another_objective_is_judged_over_the_months_that_are_known(slo: Run) -> None:
    done = slo("whatif", "spec.py", "--objective", "99.95", "--slo", "shop-availability", "--json")
    (found,) = json.loads(done.out)
    told = {month["month"]: month for month in found["months"] if month["was"]["spent"] is not None}
    assert {"2026-06", "2026-10"} <= set(told)
    assert told["2026-09"]["would"]["spent"] == pytest.approx(2 * told["2026-09"]["was"]["spent"])
    said = slo("whatif", "spec.py", "--objective", "99.95").out
    assert "shop-availability: of 5 months, 2 missed 99.9 %, 2 would have missed 99.95 %" in said
    assert slo("whatif", "spec.py", "--objective", "1").err == (
        "error: --objective: expected percent from 50 to below 100, got '1'\n"
    )
    assert "no SLO nope" in slo("whatif", "spec.py", "--objective", "99", "--slo", "nope").err


@contextmanager
def smtp(file: Path) -> Iterator[tuple[Kept, str]]:
    """The mailbox of the inbox, and its address."""
    kept = Kept(file)
    controller = Controller(Mailbox(kept), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield kept, f"127.0.0.1:{controller.port}"
    finally:
        controller.stop()


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    with object_server(tmp_path_factory.mktemp("objects")) as server:
        client(server.url, ACCESS, SECRET).make_bucket("reviews")
        yield server


def _short(found: Review) -> Review:
    """Its first row alone, to be set on paper quickly."""
    return sealed(found.model_copy(update={"rows": found.rows[:1]}))


def test_a_month_is_kept_and_told_once_however_often_it_is_delivered(
    home: Path, objects: ObjectServer, tmp_path: Path
) -> None:
    store = client(objects.url, ACCESS, SECRET)
    archive = Bucket(store, "reviews", "slo")
    sources = Sources(f"sqlite:///{home / 'slo-history.db'}")
    october = named("2026-10", BERLIN, NOW)
    first, corrected = (_short(review(company(*m), october, sources, NOW)) for m in ((), (MOVE,)))
    with smtp(tmp_path / "inbox.jsonl") as (inbox, address):
        ada = Email(name="ada", to="ada@example.com", smarthost=address, require_tls=False)

        def again(found: Review, *, told: bool = False) -> list[str]:
            return list(delivered(found, archive, [ada], tmp_path, again=told))

        lines = again(first)
        assert lines[-1] == "ada: told"
        assert again(first) == ["my-company/2026-10: is kept already", "ada: was told already"]
        assert again(corrected)[-1] == "ada: was told already"
        assert again(corrected, told=True)[-1] == "ada: told"
        assert again(corrected, told=True)[-1] == "ada: was told already"
        assert [one.title for one in inbox.messages] == [
            "SLO review of my-company, October 2026: 1 of 1 objectives missed"
        ] * 2
        assert "133 % of the budget spent" in inbox.messages[0].text
        assert "120 % of the budget spent" in inbox.messages[1].text
        assert inbox.messages[0].headers["Message-ID"] != inbox.messages[1].headers["Message-ID"]
    names = {one.object_name for one in store.list_objects("reviews", recursive=True)}
    versions = [f"slo/my-company/2026-10/{one.digest[:12]}" for one in (first, corrected)]
    assert names == {
        f"{v}/slo-review.{form}" for v in versions for form in ("html", "pdf", "md", "json", "csv")
    } | {"slo/my-company/2026-10/delivered.json"}
    answer = store.get_object("reviews", f"{versions[0]}/slo-review.json")
    try:
        assert Review.model_validate_json(answer.read()) == first
    finally:
        answer.close()
        answer.release_conn()


def test_a_delivery_that_was_cut_short_goes_on_where_it_was(slo: Run, tmp_path: Path) -> None:
    place = tmp_path / "kept"
    failed = slo("report", "spec.py:small", "--month", "2026-10", "--deliver", place, "--mail", "mail")
    assert failed.code == 2
    assert "error: mail to mail: " in failed.err
    again = slo("report", "spec.py:small", "--month", "2026-10", "--deliver", place)
    assert (again.code, again.out) == (0, "my-company/2026-10: is kept already\n")
    assert {path.suffix for path in place.rglob("slo-review.*")} == {".html", ".pdf", ".md", ".json", ".csv"}
    running = slo("report", "spec.py:small", "--month", f"{datetime.now(UTC):%Y-%m}", "--deliver", place)
    assert (running.code, "is still running" in running.err) == (2, True)
