"""A real Prometheus 3: histograms of the OpenTelemetry SDK come in by OTLP and are kept as native ones."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View

from alerts import rule_groups
from slo import SLO, NativeLatency, Platform, Service
from slo.rulefile import render

PATIENCE = 30  # seconds


def until(answer: Callable[[], Any]) -> Any:  # noqa: ANN401
    """The first answer that is something, asked a few times a second for a while."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := answer():
            return found
        time.sleep(0.2)
    pytest.fail(f"no answer within {PATIENCE} s")


@pytest.fixture
def prometheus(built: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a server that evaluates an SLO on a native histogram every second."""
    slo = SLO(
        name="latency", objective="95", sli=NativeLatency(histogram="rpc_duration_seconds", below="300ms")
    )
    service = Service(name="shop", slos=[slo])
    platform = Platform(name="p", services=[service], evaluation_interval="1s")
    (tmp_path / "rules.yaml").write_text(render(rule_groups(platform, service, slo)))
    config = {"global": {"evaluation_interval": "1s"}, "rule_files": ["rules.yaml"]}
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(config))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [built / "prometheus", "--web.enable-otlp-receiver", f"--web.listen-address={address}"]
    with (tmp_path / "log").open("w") as log, subprocess.Popen(command, cwd=tmp_path, stderr=log) as server:
        try:
            until(lambda: _ready(f"http://{address}"))
            yield f"http://{address}"
        finally:
            server.terminate()


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/-/ready").is_success
    except httpx.TransportError:
        return False


def test_a_native_histogram_from_opentelemetry_is_an_error_ratio(prometheus: str) -> None:
    reader = PeriodicExportingMetricReader(
        OTLPMetricExporter(endpoint=f"{prometheus}/api/v1/otlp/v1/metrics"), export_interval_millis=500
    )
    view = View(instrument_name="rpc.duration", aggregation=ExponentialBucketHistogramAggregation())
    provider = MeterProvider([reader], views=[view], shutdown_on_exit=False)
    try:
        histogram = provider.get_meter("shop").create_histogram("rpc.duration", unit="s")

        def value(query: str) -> float | None:
            for seconds in [0.02] * 6 + [0.1] * 3 + [2.5]:
                histogram.record(seconds)
            answer = (
                httpx.get(f"{prometheus}/api/v1/query", params={"query": query}).raise_for_status().json()
            )
            found = answer["data"]["result"]
            return float(found[0]["value"][1]) if found else None

        # One in ten is slow; an export may have come amid the ten.
        ratio = until(lambda: value('slo:sli_error:ratio_rate5m{slo_id="shop-latency"} > 0'))
        assert ratio == pytest.approx(0.1, abs=0.02)
        assert until(lambda: value('slo:events_total:rate5m{slo_id="shop-latency"}')) > 0
        assert until(lambda: value("count(rpc_duration_seconds)")) == 1
    finally:
        provider.shutdown()
