import re
import time
from typing import Annotated

import pytest
from fastapi import APIRouter, Path
from fastapi.testclient import TestClient
from service import Signals

from slo import SLO, Counter, Event, HttpLatency, Service, Span
from slo.kit import PROCESS
from somahub.faults import Fault, Schedule, parse
from somahub.serving import Readiness, service_app
from somahub.telemetry import UndeclaredSignalError

TRACE = "0af7651916cd43dd8448eb211c80319c"
SHOP = Service(
    name="shop",
    slos=(SLO(name="fast", objective=95, sli=HttpLatency(below="200ms")),),
    metrics=(Counter(name="shop_orders_total", help="Orders.", labels={"outcome": ("paid", "lost")}),),
    events=(Event(name="order.paid", fields=("order",)),),
    spans=(Span(name="order.pay", attributes=("order",)),),
)


class Shop:
    def __init__(self, faults: Schedule | None = None) -> None:
        self.signals = Signals(SHOP)
        telemetry = self.signals.telemetry
        router = APIRouter()

        @router.get("/v1/orders/{order}")
        def pay(order: Annotated[int, Path(lt=1000)]) -> int:
            with telemetry.span("order.pay", order=order):
                telemetry.count("shop_orders_total", outcome="paid")
            telemetry.event("order.paid", order=order)
            return 100 // order

        app = service_app(telemetry, [router], Readiness(telemetry, {}), faults=faults)
        self.client = TestClient(app, raise_server_exceptions=False)

    def requests(self, route: str, code_class: str) -> float | None:
        return self.signals.value("http_server_requests_total", route=route, code_class=code_class)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_every_route_and_class_starts_at_zero(shop: Shop) -> None:
    routes = ("/v1/orders/{order}", "unmatched")
    assert {shop.requests(r, c) for r in routes for c in ("2xx", "4xx", "5xx")} == {0}
    assert shop.signals.value("shop_orders_total", outcome="lost") == 0


def test_the_process_tells_its_start_and_its_files(shop: Shop) -> None:
    found = {metric.name: shop.signals.value(metric.name) for metric in PROCESS}
    assert all(value is not None and value >= 0 for value in found.values()), found
    assert 0 < (time.time() - (found["process_start_time_seconds"] or 0)) < 24 * 3600
    assert (found["process_open_fds"] or 0) < (found["process_max_fds"] or 0)


def test_requests_are_counted_by_route_template_and_probes_are_not(shop: Shop) -> None:
    for path in ("/v1/orders/1", "/v1/orders/2", "/nowhere", "/health", "/ready", "/metrics"):
        shop.client.get(path)
    assert shop.requests("/v1/orders/{order}", "2xx") == 2
    assert shop.requests("unmatched", "4xx") == 1
    assert "/health" not in shop.client.get("/metrics").text


def test_a_route_that_raises_is_a_500_that_counts(shop: Shop) -> None:
    answer = shop.client.get("/v1/orders/0")
    assert (answer.status_code, answer.json()["status"]) == (500, 500)
    assert shop.requests("/v1/orders/{order}", "5xx") == 1


def test_latency_thresholds_of_the_spec_are_bucket_edges(shop: Shop) -> None:
    shop.client.get("/v1/orders/1")
    assert 'le="0.2"' in re.findall(r'le="[^"]+"', shop.client.get("/metrics").text)


def test_a_trace_from_outside_goes_on_in_logs_spans_and_exemplars(shop: Shop) -> None:
    shop.client.get("/v1/orders/1", headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"})
    lines = shop.signals.lines()
    assert [line["event"] for line in lines] == ["order.paid", "http.request"]
    assert {line["trace_id"] for line in lines} == {TRACE}
    assert shop.signals.spans() == ["order.pay", "GET /v1/orders/{order}"]
    accept = {"accept": "application/openmetrics-text; version=1.0.0"}
    assert f'trace_id="{TRACE}"' in shop.client.get("/metrics", headers=accept).text


def test_an_undeclared_signal_raises(shop: Shop) -> None:
    kit = shop.signals.telemetry
    with pytest.raises(UndeclaredSignalError, match="nothing_total"):
        kit.count("nothing_total")
    with pytest.raises(UndeclaredSignalError, match="outcome='stolen'"):
        kit.count("shop_orders_total", outcome="stolen")
    with pytest.raises(UndeclaredSignalError, match=r"order\.paid with fields \[\]"):
        kit.event("order.paid")
    with pytest.raises(UndeclaredSignalError, match=r"span other"):
        kit.span("other")


def test_a_span_tells_the_type_of_an_exception_and_not_its_text(shop: Shop) -> None:
    with pytest.raises(ValueError, match="sesame"), shop.signals.telemetry.span("order.pay", order=1):
        raise ValueError("the peer said: bad password sesame")
    shop.client.get("/v1/orders/0")
    spans = {span.name: span for span in shop.signals.exporter.get_finished_spans() if not span.status.is_ok}
    ended = {name: dict(span.attributes or {})["error.type"] for name, span in spans.items()}
    assert ended == {"order.pay": "ValueError", "GET /v1/orders/{order}": "ZeroDivisionError"}
    assert [span.events for span in spans.values()] == [(), ()]
    assert {span.status.description for span in spans.values()} == {None}


def test_an_injected_fault_fails_requests_and_spares_probes() -> None:
    shop = Shop(Schedule([Fault("shop", "5xx", time.time() - 1, 60)]))
    assert shop.client.get("/v1/orders/1").status_code == 503
    assert shop.client.get("/ready").status_code == 200
    assert sum(shop.requests(r, "5xx") or 0 for r in ("/v1/orders/{order}", "unmatched")) == 1


def test_a_fault_is_read_back_from_its_text() -> None:
    fault = parse("gateway:5xx@60s+120s")
    assert parse(str(fault)) == fault
    with pytest.raises(ValueError, match="expected SERVICE:KIND"):
        parse("gateway@60")
