"""The receiver, fed by OpenTelemetry's own exporters over HTTP, and by what is broken."""

import gzip
import io
import random
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import schemathesis
from fastapi.testclient import TestClient
from fuzz import fuzz
from live import process
from opentelemetry import trace
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import CollectorRegistry

from slo import Counter, Event, Service, Span
from somahub.otlp import Limits, Received, create_app
from somahub.otlp.tally import Most
from somahub.telemetry import Resource, Telemetry, event_logger, json_handler, otlp_handler, tracer_provider


@schemathesis.serializer("application/x-protobuf")
def as_it_is(_: object, value: object) -> bytes:
    """Noise for bodies."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


PROTOBUF = {"content-type": "application/x-protobuf"}
shop = Service(
    name="shop",
    metrics=(Counter(name="shop_orders_total", help="Orders."),),
    events=(Event(name="order.placed", fields=("order_id", "gift", "note")),),
    spans=(Span(name="order.store", attributes=("order.size",)),),
)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[str]:
    """The receiver as it is run: a process of its own."""
    with process("somahub.otlp", "otlp", tmp_path) as (url, _):
        yield url


@pytest.fixture
def client() -> TestClient:
    return TestClient(create_app(Received(), CollectorRegistry()))


def test_what_the_kit_sends_is_summed_up_and_found_by_its_trace(receiver: str) -> None:
    resource = Resource("shop", version="1.2.3")
    provider = tracer_provider(resource, receiver)
    handler = otlp_handler(resource, receiver)
    logger = event_logger("shop", json_handler(resource, io.StringIO()), handler)
    kit = Telemetry(shop, CollectorRegistry(), provider, logger, resource)
    with (
        kit.tracer.start_as_current_span("GET /orders", kind=trace.SpanKind.SERVER) as root,
        kit.span("order.store", **{"order.size": 3}),
    ):
        kit.event("order.placed", order_id="7", gift=True, note=None)
        trace_id = trace.format_trace_id(root.get_span_context().trace_id)
    provider.shutdown()
    handler.close()

    (service,) = httpx.get(f"{receiver}/v1/summary").json()["services"]
    assert service["service"] == "shop"
    assert service["resource"]["service.version"] == "1.2.3"
    assert [(s["name"], s["kind"], s["scope"], s["attributes"], s["count"]) for s in service["spans"]] == [
        ("GET /orders", "server", "somahub", [], 1),
        ("order.store", "internal", "somahub", ["order.size"], 1),
    ]
    (event,) = service["events"]
    assert (event["name"], event["levels"], event["count"]) == ("order.placed", ["info"], 1)
    assert event["field_sets"] == [["gift", "note", "order_id"]]

    root_span, child = httpx.get(f"{receiver}/v1/traces/{trace_id}").json()
    assert (root_span["parent_id"], child["parent_id"]) == ("", root_span["span_id"])
    assert child["attributes"] == {"order.size": 3}
    assert 0 <= child["duration"] <= root_span["duration"] < 60
    assert abs(root_span["start"] - time.time()) < 60
    (line,) = httpx.get(f"{receiver}/v1/logs", params={"trace_id": trace_id}).json()
    assert (line["event"], line["span_id"]) == ("order.placed", child["span_id"])
    assert line["fields"] == {"order_id": "7", "gift": True, "note": None}
    assert 'records_total{signal="traces"} 2.0' in httpx.get(f"{receiver}/metrics").text


def test_packed_bodies_and_metrics_are_taken(client: TestClient) -> None:
    packed = gzip.compress(_spans("shop", ["a"]).SerializeToString())
    answer = client.post("/v1/traces", content=packed, headers=PROTOBUF | {"content-encoding": "gzip"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-protobuf")
    assert client.post("/v1/metrics", content=b"", headers=PROTOBUF).status_code == 200
    assert client.get("/v1/summary").json()["services"][0]["spans"][0]["name"] == "a"


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"\xff\xff", {}, 400),
        (b"{}", {"content-type": "application/json"}, 415),
        (b"not gzip", {"content-encoding": "gzip"}, 400),
        (gzip.compress(b"x" * 1000)[:-9], {"content-encoding": "gzip"}, 400),
        (b"", {"content-encoding": "br"}, 400),
        (bytes(17 << 20), {}, 413),
        (gzip.compress(bytes(17 << 20)), {"content-encoding": "gzip"}, 413),
    ],
    ids=["noise", "json", "not gzip", "cut gzip", "brotli", "large", "large once unpacked"],
)
def test_what_is_broken_or_too_large_is_refused(
    client: TestClient, content: bytes, headers: dict[str, str], status: int
) -> None:
    for signal in ("traces", "logs", "metrics"):
        answer = client.post(f"/v1/{signal}", content=content, headers=PROTOBUF | headers)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
    assert f'refused_total{{signal="logs",status="{status}"}} 1.0' in client.get("/metrics").text


def test_bodies_with_flipped_bytes_never_fail_the_receiver(client: TestClient) -> None:
    noise = random.Random(7)  # noqa: S311 - no secret
    good = _spans("shop", ["a", "b"]).SerializeToString()
    for _ in range(500):
        bad = bytearray(good)
        for _ in range(3):
            bad[noise.randrange(len(bad))] = noise.randrange(256)
        assert client.post("/v1/traces", content=bytes(bad), headers=PROTOBUF).status_code in {200, 400}
        assert client.post("/v1/logs", content=bytes(bad), headers=PROTOBUF).status_code in {200, 400}
    for one in client.get("/v1/summary").json()["services"]:
        assert one["spans"] or one["events"] or one["metrics"] == 0


def test_requests_by_its_own_document_never_fail_the_receiver() -> None:
    assert fuzz(create_app(Received(), CollectorRegistry()), {}) == 7


def test_numbers_that_json_lacks_are_answered_as_text(client: TestClient) -> None:
    request = _spans("shop", ["a"])
    span = request.resource_spans[0].scope_spans[0].spans[0]
    span.end_time_unix_nano = 2**64 - 1
    span.attributes.add(key="share").value.double_value = float("nan")
    span.attributes.add(key="raw").value.bytes_value = b"\x00\xff"
    client.post("/v1/traces", content=request.SerializeToString(), headers=PROTOBUF)
    (found,) = client.get(f"/v1/traces/{'01' * 16}").json()
    assert found["attributes"] == {"share": "nan", "raw": "00ff"}
    assert client.get(f"/v1/traces/{'02' * 16}").status_code == 404
    assert client.get("/v1/traces/1").status_code == 422


def test_memory_is_bounded_whatever_is_sent() -> None:
    limits = Limits(spans=80_000, logs=30_000, summary=Most(services=4, names=8, keys=5, variants=3, text=20))
    received = Received(limits)
    for i in range(300):
        spans = _spans(f"service {i % 9}", [f"{i}-{j}" + "x" * 500 for j in range(10)], trace=i)
        for k in range(20):
            for span in spans.resource_spans[0].scope_spans[0].spans:
                span.attributes.add(key=f"{i} {k}").value.string_value = "v"
        assert received.take_traces(spans) == 10
        logs = ExportLogsServiceRequest()
        record = logs.resource_logs.add().scope_logs.add().log_records.add(event_name=f"e{i % 2}")
        record.attributes.add(key=f"field {i}").value.string_value = "v" * 900
        received.take_logs(logs)
    assert received.spans.size <= limits.spans
    assert received.logs.size <= limits.logs
    assert received.spans.dropped + received.logs.dropped > 0
    summary = received.summary()
    assert summary.left_out > 0
    assert len(summary.services) == 4
    for service in summary.services:
        assert len(service.spans) <= 8
        assert all(len(s.name) <= 20 and len(s.attributes) <= 5 for s in service.spans)
        assert all(len(e.field_sets) <= 3 for e in service.events)
    newest, oldest = received.trace(bytes([299 % 256, 299 // 256]) * 8), received.trace(bytes([1, 0]) * 8)
    assert newest
    assert not oldest


def test_the_receiver_does_not_trace_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """FastAPI would, as soon as its process has a global provider."""
    begun: list[str] = []

    class Noticing(TracerProvider):
        def get_tracer(self, *names: object, **_: object) -> trace.Tracer:
            begun.append(str(names))
            return super().get_tracer("any")

    monkeypatch.setattr(trace, "_TRACER_PROVIDER", Noticing())
    app = TestClient(create_app(Received(), CollectorRegistry()))
    assert app.post("/v1/traces", content=b"", headers=PROTOBUF).status_code == 200
    assert begun == []


def _spans(service: str, names: list[str], trace: int = 0) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    group.resource.attributes.add(key="service.name").value.string_value = service
    scope = group.scope_spans.add()
    ident = bytes([trace % 256, trace // 256]) * 8 if trace else b"\x01" * 16
    for i, name in enumerate(names):
        scope.spans.add(name=name, trace_id=ident, span_id=bytes([i]) * 8, kind=2, start_time_unix_nano=1000)
    return request
