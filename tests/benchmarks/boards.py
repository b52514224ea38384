"""How long the dashboards of many services take to generate, each with objectives, requests and metrics of its own.

Processor time, in this process, from the spec to the JSON. Usage: ``python tests/benchmarks/boards.py [SERVICES ...]``.
"""

import sys
import time

from dashboards import dashboard_files
from slo import SLO, Counter, Gauge, Histogram, HttpAvailability, HttpLatency, Platform, Service, Uptime


def service(number: int) -> Service:
    """One as the platform's own are: four objectives and three metrics."""
    return Service(
        name=f"service-{number}",
        port=1024 + number,
        owner=f"team-{number % 20}",
        needs=(f"service-{number - 1}",) if number else (),
        slos=(
            SLO(name="uptime", objective="99.9", sli=Uptime()),
            SLO(name="availability", objective="99.9", sli=HttpAvailability()),
            SLO(name="latency-p95", objective="95", sli=HttpLatency(below="200ms")),
            SLO(name="latency-p99", objective="99", sli=HttpLatency(below="500ms")),
        ),
        metrics=(
            Counter(
                name=f"orders_{number}_total", help="Orders.", labels={"outcome": ("success", "failure")}
            ),
            Gauge(name=f"stock_{number}_bytes", help="Stock."),
            Histogram(name=f"basket_{number}_seconds", help="Baskets.", buckets=(0.1, 1, 10)),
        ),
    )


def main() -> None:
    for count in [int(word) for word in sys.argv[1:]] or [10, 100, 1000]:
        platform = Platform(name="many", services=tuple(service(i) for i in range(count)))
        began = time.process_time()
        files = dashboard_files(platform)
        took = time.process_time() - began
        size = sum(map(len, files.values())) / 2**20
        print(
            f"{count:6,} services  {len(files):6,} dashboards {took:8.2f} s processor {size:8.1f} MiB",
            flush=True,
        )


if __name__ == "__main__":
    main()
