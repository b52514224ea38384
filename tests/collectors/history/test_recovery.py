"""A collector that is killed, and a Prometheus that has a bad day: after recovery, the rows are those of a quiet run."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from misbehaving import BAD, misbehaving
from truth import DAY, HOUR, Truth, collector, platform, rows

from collectors.history.sql import SQLStore
from collectors.history.store import Day

PLATFORM = platform()
ENDS = 3 * DAY + 2 * HOUR


@pytest.fixture(scope="module")
def quiet(truth: Truth, url: str, tmp_path_factory: pytest.TempPathFactory) -> list[Day]:
    store = SQLStore(f"sqlite:///{tmp_path_factory.mktemp('quiet') / 'history.db'}")
    collector(PLATFORM, store, url).round(truth.start + ENDS, back=4 * DAY)
    return rows(store)


def test_what_could_not_be_read_is_told_and_read_later(
    quiet: list[Day], truth: Truth, url: str, store: SQLStore
) -> None:
    with misbehaving(url, seed=3) as (proxy, at):
        proxy.moods = (*BAD, "well")
        told = set()
        for step in range(12):
            done = collector(PLATFORM, store, at).round(truth.start + (step + 1) * 6 * HOUR, back=2 * DAY)
            told.update(done.failures)
        proxy.moods = ()
        done = collector(PLATFORM, store, at).round(truth.start + ENDS, back=4 * DAY)
    assert not done.failures
    assert told
    assert rows(store) == quiet


def test_a_clock_that_jumps_leaves_no_hole(quiet: list[Day], truth: Truth, url: str, store: SQLStore) -> None:
    one = collector(PLATFORM, store, url)
    dice = random.Random(5)  # noqa: S311 - not a secret
    one.round(truth.start + 8 * HOUR, back=9 * HOUR)
    for step in range(8, 75, 4):
        jump = dice.choice((0, 0, 5 * HOUR, -3 * HOUR))
        one.round(truth.start + step * HOUR + jump)
    one.round(truth.start + ENDS)
    assert rows(store) == quiet


def test_two_collectors_at_once_write_what_one_does(
    quiet: list[Day], truth: Truth, url: str, tmp_path: Path
) -> None:
    place = f"sqlite:///{tmp_path / 'shared.db'}"
    with ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(collector(PLATFORM, SQLStore(place), url).round, truth.start + ENDS, 4 * DAY)
            for _ in range(2)
        ]
        assert not any(one.result().failures for one in both)
    assert rows(SQLStore(place)) == quiet


SPEC = "from truth import platform\nplatform = platform()\n"


@pytest.fixture
def command(tmp_path: Path, url: str, truth: Truth) -> Callable[[str], list[str]]:
    """The command line that backfills as far as the truth's beginning."""
    spec = tmp_path / "spec.py"
    spec.write_text(f"import sys\nsys.path.insert(0, {str(Path(__file__).parents[2] / 'harness')!r})\n{SPEC}")
    back = (int(time.time()) - truth.start) // DAY + 2

    def made(store: str) -> list[str]:
        slo = Path(sys.executable).with_name("slo")
        return [str(slo), "collect", str(spec), "--prometheus", url, "--store", store, f"--backfill={back}d"]

    return made


def test_a_collector_that_is_killed_at_any_moment_goes_on_to_the_same_rows(
    quiet: list[Day], command: Callable[[str], list[str]], tmp_path: Path
) -> None:
    place = f"sqlite:///{tmp_path / 'killed.db'}"
    dice = random.Random(11)  # noqa: S311 - likewise
    for _ in range(4):
        running = subprocess.Popen(command(place), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            running.wait(dice.uniform(0.5, 2.5))
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            running.wait()
    done = subprocess.run(command(place), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert rows(SQLStore(place)) == quiet
