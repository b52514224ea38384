"""A spec with every kind of SLI."""

from slo import (
    SLO,
    Composite,
    ErrorRatio,
    Freshness,
    HttpAvailability,
    HttpLatency,
    Latency,
    NativeLatency,
    Platform,
    Ratio,
    Service,
    TimeSlices,
    Uptime,
)

slis = {
    "uptime": Uptime(),
    "probe": Uptime(probe='probe_success{target="shop"}'),
    "availability": HttpAvailability(),
    "bad-orders": Ratio(bad='orders_total{state="failed"}', total="orders_total"),
    "good-parcels": Ratio(good='parcels_total{state="there"}', total="parcels_total"),
    "queries": Ratio(
        bad='sum(rate(queries_total{code=~"5.."}[{{.window}}]))',
        total="sum(rate(queries_total[{{.window}}]))",
    ),
    "kit-latency": HttpLatency(below="200ms"),
    "latency": Latency(histogram='rpc_seconds{rpc="get"}', below="1s"),
    "native-latency": NativeLatency(histogram='native_seconds{rpc="get"}', below="300ms"),
    "error-ratio": ErrorRatio(
        query="sum(rate(failed_total[{{.window}}])) / sum(rate(done_total[{{.window}}]))"
    ),
    "queue": TimeSlices(bad_when="queue_length > 100"),
    "backup": Freshness(timestamp="backup_timestamp_seconds", within="1h"),
    "journey": Composite(mode="worst-of", of={"shop-uptime": 1, "shop-availability": 1}),
}
GROUPED = {"availability", "bad-orders", "latency", "native-latency"}
shop = Service(
    name="shop",
    port=8080,
    slos=[
        SLO(name=name, objective="99.9", sli=sli, group_by=("region",) * (name in GROUPED))
        for name, sli in slis.items()
    ],
)
platform = Platform(name="all-kinds", services=[shop])
