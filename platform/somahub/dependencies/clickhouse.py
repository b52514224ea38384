"""ClickHouse with the metrics of its own Prometheus endpoint."""

from decimal import Decimal

from slo import SLO, Counter, Dependency, Gauge, Uptime

_ABSENT = "no ClickHouse server runs here"

clickhouse = Dependency(
    name="clickhouse",
    title="ClickHouse",
    port=10006,
    metrics_port=10028,
    owner="platform",
    tier=1,
    slos=(SLO(name="uptime", objective=Decimal("99.99"), sli=Uptime()),),
    metrics=(
        Gauge(name="ClickHouseMetrics_Query", help="Queries in progress.", unproven=_ABSENT),
        Gauge(name="ClickHouseMetrics_TCPConnection", help="Connections.", unproven=_ABSENT),
        Gauge(name="ClickHouseMetrics_MemoryTracking", help="Memory in use, in bytes.", unproven=_ABSENT),
        Gauge(
            name="ClickHouseAsyncMetrics_DiskAvailable_default", help="Free space in bytes.", unproven=_ABSENT
        ),
        Gauge(name="ClickHouseAsyncMetrics_DiskTotal_default", help="All space in bytes.", unproven=_ABSENT),
        Counter(name="ClickHouseProfileEvents_Query", help="Queries.", unproven=_ABSENT),
        Counter(name="ClickHouseProfileEvents_FailedQuery", help="Queries that failed.", unproven=_ABSENT),
    ),
)
