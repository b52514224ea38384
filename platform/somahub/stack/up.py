"""The life of the stack: write the configuration, start, watch, stop."""

import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.live import Live

from slo.errors import SLOError
from slo.model import Platform
from somahub.faults import Fault
from somahub.generate import files
from somahub.stack import kept
from somahub.stack.components import FAULTY, components, endpoints, moved
from somahub.stack.supervisor import Child, check_ports, wait_until_up
from somahub.stack.table import Row, query, view
from somahub.tree import write

_START = 60.0  # seconds for one component to answer


def up(  # noqa: PLR0913 - one argument per option of the command
    platform: Platform,
    *,
    state: Path,
    base: int,
    duration: float | None,
    faults: tuple[Fault, ...],
    rate: float,
    fresh: bool,
) -> None:
    """Run the stack until ``duration`` seconds have passed or a signal says stop."""
    state = state.resolve()
    where, here = endpoints(base), moved(platform, base)
    _check_faults(faults)
    absolute = tuple(f.shifted(time.time()) for f in faults)
    parts = components(here, where, state, absolute, rate)
    # Before anything is written or forgotten: taken ports may mean that a stack is running on this very state.
    check_ports(parts)
    if fresh and state.exists():
        shutil.rmtree(state)
    logs = state / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    write(files(here, where), state / "config")
    kept.note(state, where.prometheus)
    stopping = _stop_on_signal()
    children: list[Child] = []
    messages: list[str] = []
    try:
        for part in parts:
            if part.name == "traffic":
                _wait_until_scraped(f"http://{where.prometheus}", time.monotonic() + _START)
            children.append(Child(part, logs))
            wait_until_up(children[-1], time.monotonic() + _START)
        end = time.monotonic() + duration if duration else None
        with Live(console=Console(), refresh_per_second=2) as live:
            while not stopping() and (end is None or time.monotonic() < end):
                held = {f.service for f in absolute if f.kind == "down" and f.on(time.time())}
                messages += _tend(children, held)
                rows = [Row(c.component.name, c.component.url, c.state(), c.restarts) for c in children]
                live.update(view(rows, f"http://{where.prometheus}", messages))
                time.sleep(0.5)
        _flush(children, here.scrape_interval.total_seconds())
    finally:
        for child in reversed(children):
            child.stop()


def _tend(children: list[Child], held: set[str]) -> list[str]:
    now = time.monotonic()
    return [what for c in children if (what := c.tend(now, held=c.component.name in held))]


def _check_faults(faults: tuple[Fault, ...]) -> None:
    for fault in faults:
        if fault.service not in FAULTY:
            known = ", ".join(sorted(FAULTY))
            raise SLOError(f"--fault {fault}: no such service; faults can be injected into {known}")


def _wait_until_scraped(prometheus: str, deadline: float) -> None:
    """Let Prometheus see the gateway's counters at 0, so that it counts the first requests too."""
    while query(prometheus, 'max by (job) (up{job="gateway"})', "job").get("gateway") != 1:
        if time.monotonic() > deadline:
            raise SLOError("Prometheus does not scrape the gateway; see its targets page")
        time.sleep(0.2)


def _flush(children: list[Child], scrape: float) -> None:
    """Stop the traffic, then leave time for one scrape and one evaluation of what it did."""
    for child in children:
        if child.component.name == "traffic":
            child.stop()
    time.sleep(2 * scrape + 1)


def _stop_on_signal() -> Callable[[], bool]:
    seen: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        seen.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, note)
    return lambda: bool(seen)
