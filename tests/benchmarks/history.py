"""What the history costs and how right it is: scale at 10, 100 and 1,000 SLOs, 75 days of known truth, 200 kills.

Usage: ``python tests/benchmarks/history.py [scale [SLOS …] | review [SLOS …] | truth | kills [TIMES]]``. Scale: 30 days of two counters an
SLO, scraped each minute, from a real Prometheus; "own" is the processor time of the collector itself. Truth: the days
of ``tests/harness/truth.py`` from September to November 2026, over the change of clocks in Berlin, and beside it
Sloth's record of the same time, by the same Prometheus. Review: a month as HTML, of 30 days as scale has them. Kills: as
the tests do it, as often as asked.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "harness"))

from truth import BERLIN, HOUR, Gaps, Truth, collector, platform, prometheus, rows

from collectors.api import Api
from collectors.history.ledger import Ledger
from collectors.history.sql import SQLStore
from collectors.history.store import Day, Key, Stored
from slo import SLO, Platform, Ratio, Service
from slo.slots import SLOT, Slots
from somahub.reviews.forms import rendered
from somahub.reviews.make import Sources
from somahub.reviews.make import review as reviewed
from somahub.reviews.periods import named
from somahub.stack.binaries import find
from somahub.stack.kept import serving

DAY, MINUTE, DAYS = 86400, 60, 30
_BUDGET = 0.005  # that would be spent by about as much as failed
START = 1_790_000_400 // DAY * DAY


def scale(slos: int) -> None:
    with tempfile.TemporaryDirectory(prefix="slo-history-") as folder, _busy(slos, Path(folder)) as url:
        database = Path(folder) / "history.db"
        with closing(SQLStore(f"sqlite:///{database}")) as store:
            one = collector(_spec(slos), store, url)
            begun, own = time.perf_counter(), time.process_time()
            done = one.round(START + DAYS * DAY + 330, back=DAYS * DAY)
            whole, own = time.perf_counter() - begun, time.process_time() - own
        print(
            f"scale   {slos:5} SLOs  {done.slots:>10,} slots  {whole:6.1f} s, own {own:6.1f} s  "
            f"{database.stat().st_size / done.slots:5.1f} bytes a slot  {len(done.failures)} failures",
            flush=True,
        )


def review(slos: int) -> None:
    with tempfile.TemporaryDirectory(prefix="slo-review-") as folder:
        url = f"sqlite:///{folder}/history.db"
        with closing(SQLStore(url)) as store:
            _fill(store, slos)
        begun, own = time.perf_counter(), time.process_time()
        period = named("2026-10", "UTC", datetime(2026, 11, 3, tzinfo=UTC))
        found = reviewed(_spec(slos), period, Sources(url), datetime.now(UTC))
        built = time.perf_counter() - begun
        size = len(rendered(found, "html"))
        whole, own = time.perf_counter() - begun, time.process_time() - own
        print(
            f"review  {slos:5} SLOs  built in {built:5.1f} s, as HTML in {whole:5.1f} s, own {own:5.1f} s  "
            f"{size / 1e6:.1f} MB  {sum(row.adjusted.verdict == 'missed' for row in found.rows)} missed",
            flush=True,
        )


def _fill(store: SQLStore, slos: int) -> None:
    """The events of ``_busy`` in slots."""
    start = int(datetime(2026, 10, 2, tzinfo=UTC).timestamp())
    dice, steps = np.random.default_rng(1), np.arange(DAYS * DAY // SLOT)
    daily = 1500 * (1.2 + np.sin(steps / 288 * 2 * np.pi))
    for first in range(0, slos, 100):
        rows = []
        for i in range(first, min(first + 100, slos)):
            total = dice.poisson(daily * (0.2 + i % 7))
            bad = dice.binomial(total, np.where(steps % 1440 < 4, 0.2, 0.0005))
            known, none = np.full(steps.size, float(SLOT)), np.zeros(steps.size)
            rows.append(
                Stored(Key(f"bench-s{i}"), Slots(start, bad.astype(float), total.astype(float), known, none))
            )
        store.write(rows, {})


def _spec(slos: int) -> Platform:
    found = [
        SLO.model_validate(
            {
                "name": f"s{i}",
                "objective": "99.9",
                "sli": Ratio(
                    total=f'bench_requests_total{{job="s{i}"}}',
                    bad=f'bench_requests_total{{job="s{i}",code="5xx"}}',
                ),
            }
        )
        for i in range(slos)
    ]
    return Platform(name="bench", services=(Service(name="bench", slos=tuple(found)),))


@contextmanager
def _busy(slos: int, folder: Path) -> Iterator[str]:
    """Daily traffic with an outage of 20 minutes every fifth day."""
    dice, steps = np.random.default_rng(1), np.arange(DAYS * DAY // MINUTE + 1)
    times = [f" {START + int(i) * MINUTE}\n" for i in steps]
    daily = 300 * (1.2 + np.sin(steps / 1440 * 2 * np.pi))
    for name in ("prometheus", "logs", "config"):
        (folder / name).mkdir()
    with (folder / "data.om").open("w", encoding="ascii") as out:
        out.write("# TYPE bench_requests counter\n")
        for i in range(slos):
            total = dice.poisson(daily * (0.2 + i % 7))
            bad = dice.binomial(total, np.where(steps % 7200 < 20, 0.2, 0.0005))
            for code, grown in (("2xx", total - bad), ("5xx", bad)):
                head = f'bench_requests_total{{job="s{i}",code="{code}"}} '
                values = np.cumsum(grown).tolist()
                out.write("".join(f"{head}{v}{t}" for v, t in zip(values, times, strict=True)))
        out.write("# EOF\n")
    made = [
        find("SLO_PROMTOOL", os.environ),
        "tsdb",
        "create-blocks-from",
        "--max-block-duration=2400h",
        "--quiet",
    ]
    subprocess.run([*made, "openmetrics", folder / "data.om", folder / "prometheus"], check=True)
    (folder / "data.om").unlink()
    with serving(folder) as url:
        yield url


def truth() -> None:
    start = int(datetime(2026, 9, 1, tzinfo=UTC).timestamp())
    known = Truth(
        start, 75, every=60, gaps=Gaps((20 * DAY + HOUR, 20 * DAY + 4 * HOUR), (40 * DAY, 40 * DAY + 2400))
    )
    with (
        tempfile.TemporaryDirectory(prefix="slo-truth-") as folder,
        prometheus(known, Path(folder) / "p") as url,
        closing(SQLStore(f"sqlite:///{Path(folder) / 'h.db'}")) as store,
    ):
        own = platform()
        begun = time.perf_counter()
        done = collector(own, store, url).round(known.end + 2 * HOUR, back=76 * DAY)
        print(
            f"truth   {done.slots:,} slots in {time.perf_counter() - begun:.1f} s, failures: {done.failures}"
        )
        (shop,) = own.services
        for month in (9, 10, 11):
            at = min(
                BERLIN.at(datetime(2026, month, 15, tzinfo=UTC)).end,
                datetime.fromtimestamp(known.end, UTC),
            )
            ledger = Ledger(own, store).entries(
                shop, at - timedelta(seconds=SLOT) if month < 11 else at, BERLIN
            )
            entry = next(e for e in ledger if e.slo_id == "shop-availability")
            low, high = max(entry.period.start, start), min(entry.period.until, known.end)
            bad, total = known.events(low, high)
            silent = known.unknown(low, high) + max(start - entry.period.start, 0)
            print(
                f"        2026-{month:02}  bad {entry.raw.bad:,.0f} of {bad:,} ({entry.raw.bad / bad - 1:+.4%}), "
                f"total {entry.raw.total:,.0f} of {total:,} ({entry.raw.total / total - 1:+.4%}), "
                f"unknown {entry.raw.unknown:,.0f} s of {silent:,.0f} s; "
                f"error ratio {entry.raw.bad / entry.raw.total:.5%}, truth {bad / total:.5%}, "
                f"Sloth's record {_sloth(url, low, high):.5%}",
                flush=True,
            )
        for day in (30, 45, 60, 75):
            at = datetime.fromtimestamp(start + day * DAY, UTC)
            ledger = Ledger(own, store).entries(shop, at, timedelta(days=30))
            ours = next(e for e in ledger if e.slo_id == "shop-availability").raw
            low, high = start + (day - 30) * DAY, start + day * DAY
            bad, total = known.events(low, high)
            ratio = _sloth(url, low, high)
            print(
                f"        30 days to day {day}  error ratio: truth {bad / total:.5%}, "
                f"ours {ours.bad / ours.total:.5%} ({ours.bad / ours.total / (bad / total) - 1:+.3%}), "
                f"Sloth's {ratio:.5%} ({ratio / (bad / total) - 1:+.3%}); "
                f"budget of 99.5 % spent: truth {bad / total / _BUDGET:.1%}, ours {ours.bad / ours.total / _BUDGET:.1%}, "
                f"Sloth's {ratio / _BUDGET:.1%}",
                flush=True,
            )


def _sloth(url: str, start: float, end: float) -> float:
    """Its record of a window, the mean of the recorded 5-minute ratios, as Prometheus itself evaluates it each minute."""
    failed, all_ = (f'sum(rate(shop_requests_total{{job="shop"{code}}}[5m]))' for code in (',code="500"', ""))
    span = f"[{int(end - start)}s:1m]"
    query = f"sum_over_time(({failed} / {all_}){span}) / count_over_time(({failed} / {all_}){span})"
    (answer,) = Api(url).at(query, datetime.fromtimestamp(end, UTC))
    return answer.values[0][1]


def kills(times: int) -> None:
    dice, own = random.Random(1), platform()  # noqa: S311 - not a secret
    known = Truth(START, 3)
    with tempfile.TemporaryDirectory(prefix="slo-kills-") as name, prometheus(known, Path(name) / "p") as url:

        def collect(place: str) -> None:
            with closing(SQLStore(place)) as store:
                collector(own, store, url).round(known.end + 2 * HOUR, back=4 * DAY)

        def kept(place: str) -> list[Day]:
            with closing(SQLStore(place)) as store:
                return rows(store)

        quiet = f"sqlite:///{Path(name) / 'quiet.db'}"
        begun = time.perf_counter()
        collect(quiet)
        lasts, expected = time.perf_counter() - begun, kept(quiet)
        ended = stores = wrong = 0
        while ended < times:
            place = f"sqlite:///{Path(name) / f'killed{stores}.db'}"
            stores += 1
            done = False
            while not done and ended < times:
                # A copy of this process has everything loaded: it is killed while it works.
                child = os.fork()
                if not child:
                    collect(place)
                    os._exit(0)
                time.sleep(dice.uniform(0, lasts))
                os.kill(child, signal.SIGKILL)
                _, status = os.waitpid(child, 0)
                done = os.WIFEXITED(status)
                ended += not done
            collect(place)
            wrong += kept(place) != expected
        print(f"kills   {ended}, over {stores} stores of which {wrong} differ from a quiet run", flush=True)


def main() -> None:
    what = sys.argv[1:2] or ["scale"]
    if what == ["truth"]:
        truth()
    elif what == ["kills"]:
        kills(int(sys.argv[2]) if len(sys.argv) > 2 else 200)
    elif what == ["review"]:
        for slos in map(int, sys.argv[2:] or ("10", "100", "1000")):
            review(slos)
    else:
        for slos in map(int, sys.argv[2:] or ("10", "100", "1000")):
            scale(slos)


if __name__ == "__main__":
    main()
