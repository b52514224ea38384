"""What a backtest of 30 days at one minute costs for 1, 10 and 100 SLOs: the replay, and reading apart.

The replay gets synthetic rates of 60 days (the 30 before fill the windows), each size in a process of its own, so
that its peak of memory is its own. Reading asks a real Prometheus that holds 30 days of two counters at 15 s and
``up``. Usage: ``python tests/benchmarks/backtest.py [SLOS ...]``.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from collectors.api import Api
from collectors.ranges import asking
from slo import SLO, HttpAvailability, Platform, Service
from slo.replay.engine import Case, replay
from slo.replay.history import Grid, History
from slo.replay.queries import raw
from slo.replay.timing import timing
from somahub.backtests.openmetrics import served

ROOT = Path(__file__).parents[2]
DAY, STEP, SCRAPE = 86400, 60, 15
START = 1_790_000_400
AVAILABILITY = SLO.model_validate({"name": "x", "objective": "99.9", "sli": HttpAvailability()})
SHOP = Service(name="shop", slos=(AVAILABILITY,))
PLATFORM = Platform(name="p", services=(SHOP,))


def history(seed: int) -> History:
    """Daily traffic, a leak, and an outage of 20 minutes every fifth day."""
    grid = Grid(START // 600 * 600, STEP, 60 * DAY // STEP)
    dice = np.random.default_rng(seed)
    minutes = np.arange(grid.size)
    total = 100 * (1.2 + np.sin(minutes / 1440 * 2 * np.pi)) + dice.random(grid.size)
    share = np.where(minutes % 7200 < 20, 0.5, dice.random(grid.size) / 1500)
    return History(grid, ((),), (total * share)[None], total[None], np.ones(grid.size, dtype=np.bool_))


def replayed(slos: int) -> None:
    clock = timing(PLATFORM, SHOP, AVAILABILITY)
    spent, alerts = 0.0, 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(slos):
        past = history(number)
        begun = time.perf_counter()
        (one,) = replay(Case("shop-x", AVAILABILITY, past, clock), past.grid.start + 30 * DAY)
        spent += time.perf_counter() - begun
        alerts += len(one.alerts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"replay  {slos:4} SLOs  {spent:7.2f} s  {spent / slos * 1000:6.0f} ms each  {alerts:5} alerts  "
        f"peak {peak / 1024:5.0f} MB, {(peak - before) / 1024:.0f} MB above the imports",
        flush=True,
    )


def read() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.om"
        with file.open("w", encoding="utf-8") as text:
            text.write("# TYPE http_server_requests counter\n")
            for code, grows in (("2xx", 300), ("5xx", 1)):
                for i in range(30 * DAY // SCRAPE):
                    labels = f'job="shop",code_class="{code}"'
                    text.write(f"http_server_requests_total{{{labels}}} {grows * i} {START + i * SCRAPE}\n")
            text.write("# EOF\n")
        begun = time.perf_counter()
        with served(file) as server:
            loaded = time.perf_counter()
            queries = raw(SHOP, AVAILABILITY)
            assert queries
            ask = asking(Api(server.url), START, START + 30 * DAY, STEP)
            points = sum(len(one.values) for query in queries for one in ask(query))
            asked = time.perf_counter()
        print(
            f"read    a file of {file.stat().st_size / 1e6:.0f} MB is served in {loaded - begun:.1f} s; "
            f"bad and total of one SLO, {points:,} points, in {asked - loaded:.1f} s",
            flush=True,
        )


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        replayed(int(sys.argv[2]))
        return
    for slos in [int(word) for word in sys.argv[1:]] or [1, 10, 100]:
        subprocess.run([sys.executable, __file__, "--one", str(slos)], check=True)
    read()


if __name__ == "__main__":
    main()
