"""What one evaluation of an SLO's rules costs a real Prometheus, beside rules in the form of Sloth 0.16.

Both are asked on the same blocks in the same run: 3 days of raw counters at 15 s and 30 days of recorded series, each at
the pace of its group. Blocks are as long as Prometheus makes them in the end, a tenth of what it keeps at most: 54 hours
where it keeps 30 days, 18 hours where 200 h; the first ones are of 2 hours. Engine time and samples are Prometheus' own
figures (the query API's ``stats``). Usage:
``python tests/benchmarks/rule_cost.py [--block 2h|18h|54h] [--keep FOLDER] [RAW_SERIES ...]``.
"""

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx

from slo import SLO, HttpAvailability, Platform, Service
from slo.rules import Rule, recording_groups
from slo.units import seconds
from somahub.stack.kept import serving

ROOT = Path(__file__).parents[2]
RAW_STEP, RECORDED_STEP = 15, 30
RAW_DAYS, RECORDED_DAYS = 3, 30
REPEATS = 20
CLASSES = ("2xx", "4xx", "5xx")
ERRORS, TOTAL = (
    'http_server_requests_total{job="shop",code_class="5xx"}',
    'http_server_requests_total{job="shop"}',
)


class Cost(NamedTuple):
    """Of the evaluations in one interval of 30 s: a group with a longer interval has its share of one."""

    milliseconds: float
    samples: int


Weighted = tuple[Rule, float]


def ours() -> list[Weighted]:
    slo = SLO(name="x", objective="99.9", sli=HttpAvailability())
    service = Service(name="shop", slos=(slo,))
    groups = recording_groups(Platform(name="p", services=(service,)), service, slo)
    return [
        (rule, RECORDED_STEP / float(seconds(group.interval))) for group in groups for rule in group.rules
    ]


def sloth() -> list[Weighted]:
    """Both queries over each window, and a mean over the period (Sloth's generated rules)."""
    ratio = 'slo:sli_error:ratio_rate5m{sloth_id="shop-x"}'
    windows = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
    raw = [f"sum(rate({ERRORS}[{w}])) / sum(rate({TOTAL}[{w}]))" for w in windows]
    period = f"sum_over_time({ratio}[30d]) / ignoring (sloth_window) count_over_time({ratio}[30d])"
    return [
        (Rule(expr=expr, labels={}), 1) for expr in (*raw, period, f"{ratio} / 0.001", f"1 - {ratio} / 0.001")
    ]


def raw(series: int, end: int) -> Iterator[str]:
    """Counters that grow by 1 to 3 a scrape, as OpenMetrics text, a series at a time."""
    steps = RAW_DAYS * 86400 // RAW_STEP
    times = [end - (steps - i) * RAW_STEP for i in range(steps + 1)]
    # What follows the name is the same in a third of the series.
    samples = [[f" {growth * i} {at}\n" for i, at in enumerate(times)] for growth in (1, 2, 3)]
    yield "# TYPE http_server_requests counter\n"
    for number in range(series):
        labels = f'job="shop",route="/{number // 3}",code_class="{CLASSES[number % 3]}"'
        yield _series(f"http_server_requests_total{{{labels}}}", samples[number % 3])
    yield "# EOF\n"


def recorded(end: int) -> Iterator[str]:
    """What both kinds of rules have recorded themselves, as OpenMetrics text, each record at the pace of its group."""
    ids = 'slo_id="shop-x",slo_service="shop",slo_name="x"'
    values = {
        f"slo:events_total:rate5m{{{ids}}}": ("20", RECORDED_STEP),
        f"slo:events_bad:rate5m{{{ids}}}": ("0.01", RECORDED_STEP),
        f"slo:events_anchor:rate5m{{{ids}}}": ("0", RECORDED_STEP),
        f"slo:events_total:rate30m{{{ids}}}": ("20", RECORDED_STEP),
        f"slo:events_bad:rate30m{{{ids}}}": ("0.01", RECORDED_STEP),
        f"slo:objective:ratio{{{ids}}}": ("0.999", RECORDED_STEP),
        f"slo:error_budget:ratio{{{ids}}}": ("0.001", 120),
        f"slo:events_anchor_days:rate5m{{{ids}}}": ("0", 120),
        f"slo:events_total_period:rate5m{{{ids}}}": ("20", 300),
        f"slo:events_bad_period:rate5m{{{ids}}}": ("0.01", 300),
        'slo:sli_error:ratio_rate5m{sloth_id="shop-x",sloth_window="5m"}': ("0.0005", RECORDED_STEP),
    }
    for name, (value, step) in values.items():
        times = range(end - RECORDED_DAYS * 86400, end + 1, step)
        yield f"# TYPE {name.partition('{')[0]} gauge\n"
        yield _series(name, [f" {value} {at}\n" for at in times])
    yield "# EOF\n"


def _series(name: str, samples: list[str]) -> str:
    return name + name.join(samples)


def store(tools: Path, text: Iterable[str], folder: Path, block: str) -> None:
    """Blocks of what a text says; promtool reads the whole text once for each."""
    file = folder / "data.om"
    with file.open("w", encoding="utf-8") as out:
        out.writelines(text)
    command = [
        tools / "promtool",
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        f"--max-block-duration={block}",
    ]
    subprocess.run([*command, file, folder / "prometheus"], check=True, stdout=subprocess.DEVNULL)
    file.unlink()


def cost(url: str, rules: Iterable[Weighted], at: int) -> Cost:
    """The quickest of several evaluations: what others do on the machine only adds."""
    times, samples = [], 0.0
    for _ in range(REPEATS):
        spent, samples = 0.0, 0.0
        for rule, weight in rules:
            params = {"query": rule.expr, "time": str(at), "stats": "all"}
            stats = (
                httpx.get(f"{url}/api/v1/query", params=params, timeout=120)
                .raise_for_status()
                .json()["data"]["stats"]
            )
            spent += weight * stats["timings"]["execTotalTime"]
            samples += weight * stats["samples"]["totalQueryableSamples"]
        times.append(spent * 1000)
    return Cost(min(times), round(samples))


def filled(tools: Path, series: int, folder: Path, block: str) -> int:
    """The folder's data, made unless it is there, and the time at which it ends."""
    ended = folder / "ended"
    if not ended.exists():
        end = int(time.time()) // 30 * 30 - 60
        for name in ("logs", "config"):
            (folder / name).mkdir()  # an error where an earlier run was cut short
        for text in (raw(series, end), recorded(end)):
            store(tools, text, folder, block)
        ended.write_text(str(end))
    return int(ended.read_text())


def measure(tools: Path, series: int, folder: Path, block: str) -> None:
    end = filled(tools, series, folder, block)
    floor: list[Weighted] = [(Rule(expr=f"sum(rate({what}[5m]))", labels={}), 1) for what in (ERRORS, TOTAL)]
    kinds: dict[str, Callable[[], list[Weighted]]] = {
        "sloth": sloth,
        "ours": ours,
        "two raw reads": lambda: floor,
    }
    with serving(folder) as url:
        found = {name: cost(url, rules(), end) for name, rules in kinds.items()}
    base = found["sloth"]
    print(f"blocks of {block}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    for name, one in found.items():
        print(
            f"{series:6} raw series  {name:14} {one.milliseconds:9.2f} ms {one.samples:11,} samples  "
            f"sloth/this: {base.milliseconds / one.milliseconds:7.1f} x time {base.samples / one.samples:7.1f} x samples",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("series", type=int, nargs="*", default=[30, 300, 3000])
    parser.add_argument("--block", default="54h", help="the longest block, such as 2h, 18h or 54h")
    parser.add_argument("--keep", type=Path, help="a folder in which data is kept, and found by a later run")
    asked = parser.parse_args()
    found = subprocess.run([ROOT / "scripts/fetch-prometheus"], check=True, capture_output=True, text=True)
    with tempfile.TemporaryDirectory() as fresh:
        for series in asked.series:
            folder = (asked.keep or Path(fresh)) / f"{series}-{asked.block}"
            folder.mkdir(parents=True, exist_ok=True)
            measure(Path(found.stdout.strip()), series, folder, asked.block)


if __name__ == "__main__":
    main()
