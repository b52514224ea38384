"""How long ``slo generate`` takes for 10 to 10,000 SLOs, and how much memory, beside Sloth on the same specs.

Each run is a whole process, from its start to its end, on one processor: wall time, processor time, peak memory.
Ratios are of processor time, which other work on the machine disturbs least.
The specs are files of Sloth, one per service of 10 SLOs, which both tools read; and the same in Python. Sloth's
binary is ``$SLO_SLOTH`` or on PATH; without one, its rows are left out. Usage:
``python tests/benchmarks/generation.py [SLOS ...]``.
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import yaml

SLO = Path(sys.executable).with_name("slo")
PER_SERVICE = 10
# The quickest counts: what else the machine does only adds. What takes long is hardly disturbed.
REPEATS = {10: 5, 100: 5, 1000: 3}
OBJECTIVES = ("99.9", "99.5", "99", "99.95", "95")


class Cost(NamedTuple):
    """Seconds from start to end, seconds of the processor, and the peak of the memory in MiB."""

    wall: float
    processor: float
    memory: float


def sloth_service(number: int) -> dict[str, object]:
    """A document of Sloth's ``prometheus/v1``: availability and latency of five routes."""
    name = f"service-{number}"
    slos = []
    for k in range(PER_SERVICE):
        own = f'job="{name}",route="/r{k // 2}"'
        if k % 2:
            bad = (
                f"(sum(rate(http_request_duration_seconds_count{{{own}}}[{{{{.window}}}}])) - "
                f'sum(rate(http_request_duration_seconds_bucket{{{own},le="0.25"}}[{{{{.window}}}}])))'
            )
        else:
            bad = f'sum(rate(http_request_duration_seconds_count{{{own},code=~"5.."}}[{{{{.window}}}}]))'
        total = f"sum(rate(http_request_duration_seconds_count{{{own}}}[{{{{.window}}}}]))"
        slos.append(
            {
                "name": f"route-{k // 2}-{'latency' if k % 2 else 'availability'}",
                "objective": float(OBJECTIVES[k % len(OBJECTIVES)]),
                "description": "What the users of this route are promised.",
                "sli": {"events": {"error_query": bad, "total_query": total}},
                "alerting": {
                    "name": f"Route{k}BurnsItsBudget",
                    "labels": {"category": "promise"},
                    "annotations": {"note": "See the service's dashboard."},
                    "page_alert": {"labels": {"routing": "page"}},
                    "ticket_alert": {"labels": {"routing": "ticket"}},
                },
            }
        )
    labels = {"owner": f"team-{number % 7}", "tier": "2"}
    return {"version": "prometheus/v1", "service": name, "labels": labels, "slos": slos}


def python_spec(services: int) -> str:
    """A spec with every common kind of SLI, as someone writes it who has many services."""
    return f"""\
from slo import SLO, HttpAvailability, HttpLatency, Platform, Ratio, Service, Uptime

def slos(name):
    yield SLO(name="uptime", objective="99.9", sli=Uptime())
    for k in range(3):
        yield SLO(name=f"availability-{{k}}", objective="99.9", sli=HttpAvailability())
        yield SLO(name=f"latency-{{k}}", objective="95", sli=HttpLatency(below=f"{{k + 1}}00ms"))
        orders = f'orders_total{{{{job="{{name}}",kind="{{k}}"}}}}'
        yield SLO(name=f"orders-{{k}}", objective="99", sli=Ratio(bad=f"failed_{{orders}}", total=orders))

names = [f"service-{{i}}" for i in range({services})]
platform = Platform(name="many", services=[Service(name=n, owner="web", slos=tuple(slos(n))) for n in names])
"""


def write_specs(slos: int, folder: Path) -> tuple[Path, Path]:
    """The folder of Sloth's files, and the spec in Python."""
    files = folder / "sloth"
    files.mkdir()
    for number in range(slos // PER_SERVICE):
        text = yaml.dump(sloth_service(number), sort_keys=False)
        (files / f"service-{number}.yaml").write_text(text, encoding="utf-8")
    python = folder / "spec.py"
    python.write_text(python_spec(slos // PER_SERVICE), encoding="utf-8")
    return files, python


def run(command: list[str | Path], processor: int) -> Cost:
    """The cost of one process and all that it starts."""
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.sched_setaffinity(0, {processor})
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.execv(command[0], [str(word) for word in command])  # noqa: S606 - measured without a shell
    _, status, used = os.wait4(pid, 0)
    wall = time.monotonic() - began
    if status:
        raise SystemExit(f"failed: {' '.join(map(str, command))}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def best(command: list[str | Path], out: Path, repeats: int) -> Cost:
    """The quickest of several runs, each into an empty folder; memory of the largest."""
    processor = min(os.sched_getaffinity(0))
    costs = []
    for _ in range(repeats):
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        costs.append(run(command, processor))
    return Cost(min(c.wall for c in costs), min(c.processor for c in costs), max(c.memory for c in costs))


def measure(slos: int, sloth: str | None) -> dict[str, Cost]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files, python = write_specs(slos, folder)
        out = folder / "out"
        commands: dict[str, list[str | Path]] = {
            "slo, files of Sloth": [SLO, "generate", files, "--out", out],
            "slo, Python": [SLO, "generate", python, "--out", out],
        }
        if sloth:
            commands["sloth"] = [sloth, "generate", "-i", files, "-o", out]
        return {what: best(command, out, REPEATS.get(slos, 1)) for what, command in commands.items()}


def main() -> None:
    sloth = os.environ.get("SLO_SLOTH") or shutil.which("sloth")
    if not sloth:
        print("no sloth: set SLO_SLOTH to its binary to measure it too")
    first: dict[str, tuple[int, Cost]] = {}
    for slos in [int(word) for word in sys.argv[1:]] or [10, 100, 1000, 10000]:
        found = measure(slos, sloth)
        for what, cost in found.items():
            before, smaller = first.get(what, (0, cost))
            growth = f"  {cost.processor / smaller.processor:5.1f} x that of {before:,}" if before else ""
            beside = f"  {cost.processor / found['sloth'].processor:5.2f} x sloth" if "sloth" in found else ""
            print(
                f"{slos:6,} SLOs  {what:20} {cost.wall:8.2f} s wall {cost.processor:8.2f} s processor "
                f"{cost.memory:7.0f} MiB{beside}{growth}",
                flush=True,
            )
            first[what] = (slos, cost)


if __name__ == "__main__":
    main()
