"""``slo collect``, ``slo gate`` and ``slo history`` as their users run them."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import httpx
import numpy as np
import pytest
from live import free_port, wait_for
from misbehaving import misbehaving
from truth import HOUR, Gaps, Truth, prometheus

from collectors.history.sql import SQLStore
from collectors.history.store import Collected, Key, Objective, Stored
from slo import load
from slo.slots import Slots
from somahub.cli import main

DAY = 86400
NOW = int(datetime.now(UTC).timestamp()) // 300 * 300
SPEC = """
from slo import SLO, BudgetPolicy, Calendar, Maintenance, Platform, Ratio, Service, Uptime

total = 'shop_requests_total{{job="shop"}}'
events = Ratio(total=total, bad='shop_requests_total{{job="shop",code="500"}}')
platform = Platform(
    name="shop",
    maintenance={maintenance},
    services=(
        Service(
            name="shop",
            slos=(
                SLO(name="answers", objective="99", window=Calendar(unit="month", zone="Europe/Berlin"), sli=events),
                SLO(name="rolling", objective="99", window="7d", sli=events),
            ),
        ),
        Service(name="idle", slos=(SLO(name="up", objective="99", sli=Uptime()),)),
    ),
)
"""


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def slo(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command in this process: what it loads is loaded once for all tests."""

    def run(*args: object) -> Done:
        capsys.readouterr()
        code = main([*map(str, args)])
        return Done(code, *capsys.readouterr())

    return run


def spec(folder: Path, maintenance: str = "()") -> Path:
    path = folder / "spec.py"
    path.write_text(SPEC.format(maintenance=maintenance))
    return path


@pytest.fixture(scope="module")
def url(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prometheus with the six hours up to now."""
    assert tools.is_dir()
    truth = Truth(NOW - 6 * HOUR, 0.25, gaps=Gaps((HOUR, HOUR), (HOUR, HOUR)))
    with prometheus(truth, tmp_path_factory.mktemp("now")) as found:
        yield found


def filled(folder: Path, bad: float, until: int = NOW) -> str:
    """A week of 100 events a slot."""
    url = f"sqlite:///{folder / 'history.db'}"
    size = 7 * 288
    for name in ("shop-answers", "shop-rolling"):
        slots = Slots(until - 7 * DAY, *(np.full(size, float(x)) for x in (bad, 100, 300, 0)))
        with closing(SQLStore(url)) as store:
            store.write([Stored(Key(name), slots)], {})
    return url


def test_what_is_collected_is_exported_for_calendars_alone(url: str, tmp_path: Path) -> None:
    store, port = f"sqlite:///{tmp_path / 'h.db'}", free_port()
    command = Path(sys.executable).with_name("slo")
    argv = [command, "collect", spec(tmp_path), "--prometheus", url, "--store", store, "--backfill", "1d"]
    running = subprocess.Popen([*map(str, argv), "--listen", f"127.0.0.1:{port}"])
    try:
        wait_for(lambda: "slo:period_" in httpx.get(f"http://127.0.0.1:{port}/metrics").text, 120)
        openmetrics = {"accept": "application/openmetrics-text; version=1.0.0"}  # as Prometheus asks
        text = httpx.get(f"http://127.0.0.1:{port}/metrics", headers=openmetrics).text
        wait_for(lambda: "timestamp_seconds 0.0" not in httpx.get(f"http://127.0.0.1:{port}/metrics").text)
    finally:
        running.send_signal(signal.SIGTERM)
        assert running.wait(15) == 0
    labels = 'slo_id="shop-answers",slo_name="answers",slo_service="shop"'
    assert f"slo:period_error_budget_remaining:ratio{{{labels}}}" in text
    assert 'total:sum{slo_id="shop-rolling"' not in text
    assert 'slo_history_unknown_seconds{slo_id="idle-up"} 3600.0' in text
    with closing(SQLStore(store)) as kept:
        assert kept.read("shop-rolling", NOW - DAY, NOW)[0].slots.known.sum() > 5 * HOUR
        assert kept.objectives()["shop-answers"][0].period == "calendar month in Europe/Berlin"


def test_tenant_and_token_go_with_every_request_and_a_replica_that_is_away_is_told(
    url: str, tmp_path: Path, slo: Run, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "token").write_text("hush\n")
    options = ["--tenant", "team-a", "--token-file", tmp_path / "token", "--once"]
    store = f"sqlite:///{tmp_path / 'h.db'}"
    with misbehaving(url) as (proxy, at):
        pair = f"eu={at},http://127.0.0.1:9"
        done = slo("collect", spec(tmp_path), "--prometheus", pair, "--store", store, *options)
    assert done.returncode == 1
    assert [r.getMessage() for r in caplog.records if r.name.startswith("collectors")] == [
        "Prometheus at http://127.0.0.1:9: no connection; is it running there?"
    ]
    assert {(h["x-scope-orgid"], h["authorization"]) for h in proxy.headers} == {("team-a", "Bearer hush")}
    with closing(SQLStore(store)) as kept:
        assert kept.read("shop-rolling", NOW - DAY, NOW)[0].key.region == "eu"
        # What the other may know is asked for again.
        assert not kept.watermarks()


def test_the_gate_lets_pass_and_blocks_as_the_policy_says(tmp_path: Path, slo: Run) -> None:
    path = spec(tmp_path)
    store = filled(tmp_path, bad=0.5)
    passed = slo("gate", "shop", "--spec", path, "--store", store)
    assert (passed.returncode, passed.stdout.splitlines()[-1]) == (0, "shop: pass")
    (tmp_path / "history.db").unlink()
    blocked = slo("gate", "shop", "--spec", path, "--store", filled(tmp_path, bad=1.5), "--json")
    assert blocked.returncode == 1
    told = json.loads(blocked.stdout)
    assert told["verdict"] == "blocked"
    assert "shop-rolling: 150% of the budget is spent" in told["reasons"]
    rolling = next(one for one in told["slos"] if one["slo_id"] == "shop-rolling")
    assert [rule["action"] for rule in rolling["due"]] == ["review", "freeze"]


def test_the_gate_is_shut_while_nothing_is_known_lately(tmp_path: Path, slo: Run) -> None:
    path = spec(tmp_path)
    old = slo("gate", "shop", "--spec", path, "--store", filled(tmp_path, 0, NOW - 2 * HOUR))
    assert (old.returncode, old.stdout.splitlines()[-1]) == (1, "shop: unknown")
    none = slo("gate", "idle", "--spec", path, "--store", f"sqlite:///{tmp_path / 'history.db'}")
    assert none.stdout == "idle: nothing of its SLOs is in the history\nidle: unknown\n"
    wrong = slo("gate", "nobody", "--spec", path, "--store", f"sqlite:///{tmp_path / 'history.db'}")
    assert (wrong.returncode, wrong.stderr) == (2, "error: nobody: no service of this spec\n")


def test_approved_work_opens_the_gate_and_the_raw_figures_stay(tmp_path: Path, slo: Run) -> None:
    store = filled(tmp_path, bad=0)
    outage = Slots(NOW - 2 * DAY, *(np.full(36, float(x)) for x in (100, 100, 300, 0)))
    with closing(SQLStore(store)) as kept:
        kept.write([Stored(Key("shop-rolling"), outage)], {})
    assert slo("gate", "shop", "--spec", spec(tmp_path), "--store", store).returncode == 1
    start = datetime.fromtimestamp(outage.start, UTC).isoformat()
    work = f'(Maintenance(name="move", reason="a move", approver="ops", start="{start}", length="3h"),)'
    opened = slo("gate", "shop", "--spec", spec(tmp_path, work), "--store", store, "--json")
    assert opened.returncode == 0, opened.stdout
    rolling = next(one for one in json.loads(opened.stdout)["slos"] if one["slo_id"] == "shop-rolling")
    assert (rolling["spent"], rolling["spent_raw"] > 1) == (0, True)
    unapproved = work.replace('approver="ops", ', "")
    refused = slo("gate", "shop", "--spec", spec(tmp_path, unapproved), "--store", store)
    assert refused.returncode == 2
    assert "approver" in refused.stderr


def test_copies_and_forms_are_made_and_named(tmp_path: Path, slo: Run) -> None:
    store = filled(tmp_path, bad=1)
    with closing(SQLStore(store)) as kept:
        kept.promise(
            {"shop-rolling": Objective(0, load(str(spec(tmp_path))).services[0].slos[1].objective, "7d")}
        )
        kept.write([], {("shop-rolling", ""): Collected(0, NOW)})
    checked = slo("history", "check", "--store", store).stdout
    digest = checked.split()[-1]
    assert slo("history", "backup", tmp_path / "b.db", "--store", store).stdout.split()[-1] == digest
    again = f"sqlite:///{tmp_path / 'again.db'}"
    assert slo("history", "restore", tmp_path / "b.db", "--store", again).stdout.split()[-1] == digest
    for name in ("h.parquet", "h.om"):
        assert slo("history", "export", tmp_path / name, "--store", store).stdout == "4,032 slots written\n"
        other = f"sqlite:///{tmp_path / name}.db"
        assert slo("history", "import", tmp_path / name, "--store", other).stdout == "4,032 slots added\n"
    twice = slo("history", "backup", tmp_path / "b.db", "--store", store)
    assert (twice.returncode, twice.stderr) == (2, f"error: {tmp_path / 'b.db'}: is there already\n")


def test_wrong_options_are_named(tmp_path: Path, slo: Run) -> None:
    path = spec(tmp_path)
    for options, said in (
        (("--prometheus", "ftp://x"), "--prometheus: expected a URL"),
        (("--prometheus", "http://u:p@x"), "no credentials in the URL"),
        (("--prometheus", "http://x", "--prometheus", "http://y"), "is given twice"),
        (("--prometheus", "http://x", "--backfill", "soon"), "--backfill: expected a duration"),
        (("--prometheus", "http://x", "--listen", "x"), "--listen: expected HOST:PORT"),
    ):
        done = slo("collect", path, "--store", f"sqlite:///{tmp_path / 'h.db'}", *options)
        assert done.returncode == 2
        assert said in done.stderr


def test_what_can_not_be_read_or_written_is_named_and_left_alone(tmp_path: Path, slo: Run) -> None:
    store, gone = filled(tmp_path, bad=1), f"sqlite:///{tmp_path / 'gone.db'}"
    damaged = tmp_path / "damaged.db"
    damaged.write_text("no database")
    for arguments, said in (
        (("check", "--store", gone), "no such history"),
        (("backup", tmp_path / "b.db", "--store", gone), "no such history"),
        (("export", tmp_path / "h.om", "--store", gone), "no such history"),
        (("backup", tmp_path / "b.parquet", "--store", store), "expected a name that ends in .db"),
        (("export", tmp_path / "h.csv", "--store", store), "expected a name that ends in .parquet or .om"),
        (("restore", damaged, "--store", gone), "file is not a database"),
        (("restore", tmp_path / "no.db", "--store", gone), "no such file"),
    ):
        done = slo("history", *arguments)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done
        assert said in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["damaged.db", "history.db"]
    shut = slo("gate", "shop", "--spec", spec(tmp_path), "--store", gone)
    assert (shut.returncode, "no such history" in shut.stderr) == (2, True)
