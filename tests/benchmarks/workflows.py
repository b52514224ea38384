"""Workflows per second, what one costs, and how soon it starts: ``python tests/benchmarks/workflows.py [WORKFLOWS]``.

API, worker and the services that they ask share one process here, and so one lock of the interpreter; processor time
is what other work on the machine disturbs least.
"""

import resource
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "harness"))

from hub import Hub, settings_for
from live import wait_for
from temporal import Others, TemporalServer


def main(count: int, clients: int = 8) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server, others = TemporalServer(Path(folder)), Others()
        server.start()
        hub = Hub(settings_for(server, others))
        try:
            with hub.client, hub.worker:
                _measure(hub, count, clients)
        finally:
            server.kill()
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            print(f"processor time of Temporal in all: {used.ru_utime + used.ru_stime:.1f} s")
            others.stop()


def _measure(hub: Hub, count: int, clients: int) -> None:
    hub.ended(hub.start("warm"))
    begun, processor = time.monotonic(), time.process_time()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(lambda _: hub.start("first", "second"), range(count)))
    accepted = time.monotonic() - begun
    wait_for(
        lambda: (_value(hub, "orchestrator_workflows_closed_total", outcome="completed")) >= count + 1, 600
    )
    took, each = time.monotonic() - begun, (time.process_time() - processor) / count
    print(f"{count} workflows of two tools: {count / took:.1f}/s; accepted at {count / accepted:.1f}/s")
    print(f"processor time of API, worker and tools: {each * 1000:.0f} ms a workflow")
    one = []
    for _ in range(20):
        started = time.monotonic()
        hub.ended(hub.start("first", "second"))
        one.append(time.monotonic() - started)
    one.sort()
    print(
        f"one at a time, from request to end: median {one[10] * 1000:.0f} ms, worst {one[-1] * 1000:.0f} ms"
    )
    for edge in ("0.05", "0.1", "0.25", "0.5", "1.0", "5.0"):
        within = _value(hub, "workflow_start_duration_seconds_bucket", le=edge)
        total = _value(hub, "workflow_start_duration_seconds_count")
        print(f"started within {edge} s: {within / total:.1%}")


def _value(hub: Hub, name: str, **labels: str) -> float:
    return hub.worker_signals.value(name, **labels) or 0


if __name__ == "__main__":
    main(*(int(a) for a in (sys.argv[1:] or ["300"])))
