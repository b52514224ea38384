"""The life of the stack: write the configuration, start, watch, stop."""

import json
import shutil
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.live import Live

from slo.errors import SLOError
from slo.model import Platform
from somahub.faults import Fault, Schedule
from somahub.generate import files
from somahub.stack import kept
from somahub.stack.collectors import GENERATED
from somahub.stack.component import Component
from somahub.stack.components import SECRETS, TRAFFIC, components, prepare
from somahub.stack.inbox import delivered_here
from somahub.stack.ports import Ports, endpoints, moved
from somahub.stack.services import FAULTS
from somahub.stack.supervisor import Child, check_ports, wait_until_up
from somahub.stack.table import Row, query, view
from somahub.tree import write

PROCESSES = "processes.json"
_START = 60.0  # seconds for what starts together to answer
_LOOK = 1.0  # seconds between two looks at all processes
# What runs here only where it is used from elsewhere, and what has no metrics of its own where it is embedded.
_ABSENT = frozenset({"clickhouse", "kubernetes"})
_EMBEDDED = frozenset({"qdrant", "minio"})
# Embedded in a service's process: held down at its client's door.
_INSIDE = {"qdrant": "memory-gateway"}


def up(  # noqa: PLR0913 - one argument per option of the command
    platform: Platform,
    spec: str,
    *,
    state: Path,
    base: int,
    duration: float | None,
    used: Mapping[str, str],
    faults: tuple[Fault, ...],
    rate: float,
    fresh: bool,
) -> None:
    """Run the stack until ``duration`` seconds have passed or a signal says stop; ``spec`` is where the platform is from."""
    state, ports = state.resolve(), Ports(base)
    where = endpoints(base, state / SECRETS)
    here = moved(
        platform,
        base,
        absent=_ABSENT - used.keys(),
        unscraped=_EMBEDDED - used.keys(),
        unprobed=frozenset({*used, *_INSIDE}),
    )
    if here.oncall:
        here = here.model_copy(update={"oncall": delivered_here(here.oncall, ports)})
    stages = components(here, spec, where, ports, state, used=used, rate=rate)
    parts = [part for stage in stages for part in stage]
    _check_faults(faults, parts)
    # Before anything is written or forgotten: taken ports may mean that a stack is running on this very state.
    check_ports(parts)
    if fresh and state.exists():
        shutil.rmtree(state)
    prepare(here, ports, state)
    logs = state / "logs"
    (state / FAULTS).write_text("", encoding="utf-8")
    generated = files(here, where)
    write(generated, state / "config")
    # The same once more, for whoever asks whether what servers have loaded is still that.
    write(generated, state / GENERATED)
    kept.note(state, where.prometheus)
    prometheus = f"http://{where.prometheus}"
    stopping = _stop_on_signal()
    children: list[Child] = []
    messages: list[str] = []
    try:
        for stage in stages:
            if any(part.name == TRAFFIC for part in stage):
                _wait_until_scraped(prometheus, here, time.monotonic() + _START)
            started = [Child(part, logs) for part in stage]
            children += started
            wait_until_up(started, time.monotonic() + _START)
        # All times count from here. Whoever adds to the file while the stack runs injects more.
        absolute = [f.shifted(time.time()) for f in faults]
        (state / FAULTS).write_text("\n".join(map(str, absolute)), encoding="utf-8")
        schedule = Schedule(file=state / FAULTS)
        end = time.monotonic() + duration if duration else None
        with Live(console=Console(), refresh_per_second=2) as live:
            while not stopping() and (end is None or time.monotonic() < end):
                held = {part.name for part in parts if "down" in schedule.on(part.name, time.time())}
                messages += _tend(children, held)
                _note_processes(state, children)
                rows = [Row(c.component.name, c.component.url, c.state(), c.restarts) for c in children]
                live.update(view(rows, prometheus, messages))
                time.sleep(_LOOK)
        _flush(children, here.scrape_interval.total_seconds())
    finally:
        for child in reversed(children):
            child.stop()


def _note_processes(state: Path, children: list[Child]) -> None:
    """Write the process ids by component, for whoever wants to look at one, or end it."""
    path, text = state / PROCESSES, json.dumps({c.component.name: c.pid for c in children}, indent=2)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _tend(children: list[Child], held: set[str]) -> list[str]:
    now = time.monotonic()
    return [what for c in children if (what := c.tend(now, held=c.component.name in held))]


def _check_faults(faults: tuple[Fault, ...], parts: list[Component]) -> None:
    running = {part.name for part in parts}
    serving = {part.name for part in parts if part.health.endswith("/ready")}
    for fault in faults:
        known = running | _INSIDE.keys() if fault.kind == "down" else serving
        if fault.service not in known:
            raise SLOError(
                f"--fault {fault}: no such part; {fault.kind} can be injected into {', '.join(sorted(known))}"
            )


def _wait_until_scraped(prometheus: str, platform: Platform, deadline: float) -> None:
    """Let Prometheus see all counters at 0, so that it counts the first requests too."""
    wanted = {s.name for s in platform.services if s.scraped}
    while missing := wanted - query(prometheus, "max by (job) (up) == 1", "job").keys():
        if time.monotonic() > deadline:
            raise SLOError(f"Prometheus does not scrape {', '.join(sorted(missing))}; see its targets page")
        time.sleep(0.2)


def _flush(children: list[Child], scrape: float) -> None:
    """Stop the traffic, then leave time for one scrape and one evaluation of what it did."""
    for child in children:
        if child.component.name == TRAFFIC:
            child.stop()
    time.sleep(2 * scrape + 1)


def _stop_on_signal() -> Callable[[], bool]:
    seen: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        seen.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, note)
    return lambda: bool(seen)
