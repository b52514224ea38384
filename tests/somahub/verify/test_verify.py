"""``slo verify`` on the command line: a real service, its receiver, and faults in what it emits."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import prometheus_client as prom
import pytest
from fastapi import APIRouter, HTTPException
from live import free_port, served

from slo.loader import load
from somahub.cli import main
from somahub.otlp import Received, create_app
from somahub.serving import Readiness, service_app
from somahub.telemetry import Resource, Telemetry, event_logger, json_handler, otlp_handler, tracer_provider

SPEC = """
from decimal import Decimal
from slo import *

store = Dependency(
    name="store", metrics_port={store},
    metrics=(
        Gauge(name="store_up", help="Up."),
        Counter(name="store_reads", help="Reads.", unproven="only a cluster counts them"),
    ),
)
shop = Service(
    name="shop", port={shop}, owner="team", needs=("store",),
    slos=(SLO(name="availability", objective=Decimal("99.9"), sli=HttpAvailability()),),
    metrics=(
        Counter(name="shop_orders_total", help="Orders.", labels={{"outcome": ("paid", "failed")}}),
        Histogram(name="shop_basket_items", help="Items.", labels={{"kind": ()}}, buckets=(1, 5)),
    ),
    events=(Event(name="order.placed", fields=("order_id",)), Event(name="order.lost", level="error")),
    spans=(Span(name="order.store", attributes=("order.size",)),),
)
platform = Platform(name="my-company", services=(shop, store))
"""


class Ended(NamedTuple):
    code: int
    out: str
    err: str


class Stand:
    """The spec's service and exporter, running; ``verify`` is the command against them."""

    def __init__(
        self, spec: Path, shop: int, receiver: str, telemetry: Telemetry, flush: Callable[[], None]
    ) -> None:
        self.spec, self.shop, self.receiver = spec, shop, receiver
        self.telemetry = telemetry
        self._flush = flush

    def use(self) -> None:
        """Traffic that moves every signal."""
        self.telemetry.observe("shop_basket_items", 3, kind="gift")
        for path in ("/v1/orders", "/v1/orders?fail=yes"):
            httpx.post(f"http://127.0.0.1:{self.shop}{path}")
        self._flush()


Verify = Callable[..., Ended]


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    exporter = prom.CollectorRegistry()
    prom.Gauge("store_up", "Up.", registry=exporter).set(1)
    prom.Gauge("store_more", "More.", ("shard",), registry=exporter).labels("1").set(1)
    server, thread = prom.start_http_server(0, "127.0.0.1", exporter)
    spec = tmp_path / "company.py"
    try:
        with served(create_app(Received(), prom.CollectorRegistry())) as receiver:
            spec.write_text(SPEC.format(store=server.server_port, shop=free_port()))
            service = load(f"{spec}").services[0]
            resource = Resource("shop")
            provider, handler = tracer_provider(resource, receiver), otlp_handler(resource, receiver)
            logger = event_logger("shop", json_handler(resource, io.StringIO()), handler)
            telemetry = Telemetry(service, prom.CollectorRegistry(), provider, logger, resource)

            async def up() -> None: ...

            app = service_app(telemetry, [_orders(telemetry)], Readiness(telemetry, {"store": up}))
            with served(app) as url:
                port = int(url.rpartition(":")[2])
                spec.write_text(SPEC.format(store=server.server_port, shop=port))

                def flush() -> None:
                    provider.force_flush()
                    handler.flush()

                yield Stand(spec, port, receiver, telemetry, flush)
            provider.shutdown()
            handler.close()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def verify(stand: Stand, capsys: pytest.CaptureFixture[str]) -> Verify:
    def run(*arguments: str) -> Ended:
        code = main(
            ["verify", str(stand.spec), "--receiver", stand.receiver, "--base-port", "10000", *arguments]
        )
        return Ended(code, *capsys.readouterr())

    return run


def test_a_service_that_does_as_it_says_is_clean_once_all_has_moved(stand: Stand, verify: Verify) -> None:
    before = verify()
    assert before.code == 1
    for line in (
        "unseen: histogram shop_basket_items: has no series yet",
        "unseen: event order.placed: did not come yet",
        "unseen: span order.store: did not come yet",
        "unseen: span server spans: did not come yet",
    ):
        assert f"  {line}\n" in before.out
    assert "6 findings (6 not seen yet), 2 services" in before.out
    assert verify("--allow-unseen").code == 0

    stand.use()
    after = verify()
    assert (after.code, after.out.splitlines()[-1]) == (0, "0 findings, 2 services"), after.out
    assert "  unproven: counter store_reads: only a cluster counts them\n" in after.out
    assert "  and 1 metric of its exporter that nothing here needs\n" in after.out
    assert "ok: span order.store" not in after.out
    assert "ok: span order.store" in verify("--all").out
    assert "quiet: event order.lost: tells of trouble, and there was none" in verify("--all").out


def test_json_has_the_state_of_every_signal(stand: Stand, verify: Verify) -> None:
    stand.use()
    body = json.loads(verify("--format", "json").out)
    shop, store = body["services"]
    orders = next(one for one in shop["metrics"] if one["name"] == "shop_orders_total")
    assert orders == {
        "kind": "counter",
        "name": "shop_orders_total",
        "state": "ok",
        "why": [],
        "seen": 2,
        "blind": {"slos": [], "alerts": [], "panels": []},
    }
    assert [one["state"] for one in store["metrics"]] == ["ok", "unproven"]
    assert store["undeclared"] == 1


def test_what_is_emitted_otherwise_than_declared_is_said(stand: Stand, verify: Verify) -> None:
    stand.use()
    text = stand.spec.read_text()
    for old, new, said in (
        ('("paid", "failed")', '("paid", "lost")', "has outcome=failed, declared are paid, lost"),
        ('{"outcome": ("paid", "failed")}', "{}", "has the label outcome, which is not declared"),
        (
            "buckets=(1, 5)",
            "buckets=(1, 7)",
            "lacks the buckets 7; has the buckets 5, which are not declared",
        ),
        ('Gauge(name="store_up"', 'Counter(name="store_up"', "is a gauge, declared as a counter"),
        ('attributes=("order.size",)', "", "span order.store: has the attribute order.size"),
        ('fields=("order_id",)', 'fields=("id",)', "lacks the field id; has the field order_id"),
        ('Event(name="order.placed"', 'Event(name="order.put"', "undeclared: event order.placed"),
        (
            'fields=("order_id",)',
            'fields=("order_id",), level="warning"',
            "came as info, declared as warning",
        ),
        ('Span(name="order.store"', 'Span(name="order.put"', "undeclared: span order.store"),
        (', unproven="only a cluster counts them"', "", "missing: counter store_reads: is not exposed"),
        ('name="shop_orders_total"', 'name="shop_bills_total"', "undeclared: counter shop_orders"),
    ):
        assert old in text
        stand.spec.write_text(text.replace(old, new))
        ended = verify()
        assert (ended.code, said in ended.out) == (1, True), (new, ended.out)


def test_many_series_are_a_warning(stand: Stand, verify: Verify) -> None:
    stand.use()
    for i in range(20):
        stand.telemetry.observe("shop_basket_items", 1, kind=f"{i}")
    ended = verify("--max-series", "50")
    assert ended.code == 0
    assert "  warning: shop_basket_items has 105 series, more than 50" in ended.out


def test_what_can_not_be_asked_exits_with_2(
    stand: Stand, verify: Verify, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    code = main(["verify", str(stand.spec), "--receiver", nobody])
    assert (code, "events and spans were not looked at" in capsys.readouterr().out) == (2, True)
    moved = verify("--base-port", "10001")
    assert (moved.code, "can't be asked: " in moved.out) == (2, True)
    unknown = verify("--service", "shopp")
    assert (unknown.code, unknown.err) == (2, "error: no service shopp; there are: shop, store\n")
    assert "shop" not in verify("--service", "store").out.splitlines()[0]


def _orders(telemetry: Telemetry) -> APIRouter:
    router = APIRouter()

    @router.post("/v1/orders")
    def place(fail: str = "") -> None:
        with telemetry.span("order.store", **{"order.size": 3}):
            telemetry.count("shop_orders_total", outcome="failed" if fail else "paid")
        if fail:
            raise HTTPException(409, "No.")
        telemetry.event("order.placed", order_id="7")

    return router
