from slo import SLO, HttpAvailability, HttpLatency, Platform, Ratio, Service, Uptime

shop = Service(
    name="shop",
    title="Web shop",
    port=8080,
    owner="web",
    slos=(
        SLO(name="uptime", objective="99.95", sli=Uptime()),
        SLO(name="availability", objective="99.9", sli=HttpAvailability()),
        SLO(name="latency", objective="95", sli=HttpLatency(below="200ms"), window="7d"),
        SLO(name="orders", objective="90", sli=Ratio(bad="orders_failed_total", total="orders_total")),
    ),
)
platform = Platform(name="my-company", services=(shop,))
