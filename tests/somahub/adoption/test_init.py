"""What is proposed for a real Prometheus, and that what is proposed holds."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from slo import Freshness, Latency, Platform, Ratio, Uptime, load, slo_id
from slo.model import SLO
from somahub.proving import prove

NOW = int(datetime.now(UTC).timestamp()) // 60 * 60
STEP, DAYS = 300, 6
TIMES = [NOW - (DAYS * 86400 // STEP - i) * STEP for i in range(DAYS * 86400 // STEP + 1)]
COUNTERS = {
    # Of 1,000 requests a step: 1 in 1,000 fails.
    'http_requests_total{job="shop",code="200"}': 999,
    'http_requests_total{job="shop",code="500"}': 1,
    # A fifth fails.
    'http_requests_total{job="broken",code="200"}': 8,
    'http_requests_total{job="broken",code="503"}': 2,
    # Too little to say anything.
    'http_requests_total{job="quiet",code="200"}': 0.01,
    'http_server_request_duration_seconds_count{job="otel",http_response_status_code="200"}': 1000,
    'http_server_requests_seconds_count{job="spring",outcome="SUCCESS",status="200"}': 1000,
    'grpc_server_handled_total{job="rpc",grpc_code="OK"}': 10000,
    'grpc_server_handled_total{job="rpc",grpc_code="NotFound"}': 500,
    'istio_requests_total{job="mesh",reporter="destination",response_code="200",destination_service_name="cart"}': 99,
    'istio_requests_total{job="mesh",reporter="source",response_code="503",destination_service_name="cart"}': 99,
    'traefik_service_requests_total{job="edge",code="200",service="web@docker"}': 100,
    'nginx_ingress_controller_requests{job="nginx",status="200",ingress="front"}': 100,
    'envoy_cluster_upstream_rq_xx{job="envoy",envoy_response_code_class="2",envoy_cluster_name="users"}': 100,
    'temporal_request_total{job="worker"}': 100,
    'temporal_request_failure_total{job="worker"}': 0.4,
    'jobs_done_total{job="batch",result="ok"}': 99,
    'jobs_done_total{job="batch",result="failed"}': 1,
    'sold_total{job="shop"}': 5,
    'lookup_requests_total{job="shop",shard="1"}': 5,
    'http_request_duration_seconds_bucket{job="shop",le="0.1"}': 500,
    'http_request_duration_seconds_bucket{job="shop",le="0.5"}': 998,
    'http_request_duration_seconds_bucket{job="shop",le="1"}': 1000,
    'http_request_duration_seconds_bucket{job="shop",le="+Inf"}': 1000,
    'istio_request_duration_milliseconds_bucket{job="mesh",le="250",destination_service_name="cart"}': 100,
    'istio_request_duration_milliseconds_bucket{job="mesh",le="+Inf",destination_service_name="cart"}': 100,
    'body_size_bytes_bucket{job="shop",le="1000"}': 100,
    'body_size_bytes_bucket{job="shop",le="+Inf"}': 100,
}


def lines() -> Iterator[str]:
    for series, growth in COUNTERS.items():
        yield from (f"{series} {growth * i:g} {at}" for i, at in enumerate(TIMES))
    yield from (f'up{{job="shop",instance="a"}} {int(i % 400 != 0)} {at}' for i, at in enumerate(TIMES))
    yield from (f'up{{job="serviceMonitor/ns/cache/0"}} 1 {at}' for at in TIMES)
    yield from (f'probe_success{{job="blackbox",instance="https://shop.test/health"}} 1 {at}' for at in TIMES)
    # A backup each night.
    yield from (
        f'backup_last_success_timestamp_seconds{{job="db"}} {at // 86400 * 86400} {at}' for at in TIMES
    )


@pytest.fixture(scope="module")
def spec(
    history: Callable[..., AbstractContextManager[str]],
    slo_cli: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    path = tmp_path_factory.mktemp("init") / "slos.py"
    with history(lines()) as url:
        done = slo_cli("init", "--prometheus", url, "--out", path, "--days", DAYS)
        again = slo_cli("init", "--prometheus", url, "--out", path)
    assert done.returncode == 0, done.stderr
    assert again.returncode == 2
    assert "exists; name another file" in again.stderr
    return path


@pytest.fixture(scope="module")
def platform(spec: Path) -> Platform:
    return load(str(spec))


def _slos(platform: Platform) -> dict[str, SLO]:
    return {slo_id(service, slo): slo for service in platform.services for slo in service.slos}


def test_every_convention_is_proposed_with_its_own_selectors(platform: Platform) -> None:
    found = {ident: slo.sli for ident, slo in _slos(platform).items()}
    bad = {i: sli.bad for i, sli in found.items() if isinstance(sli, Ratio) and sli.bad}
    assert bad == {
        "shop-availability": 'http_requests_total{job="shop",code=~"5.."}',
        "otel-availability": 'http_server_request_duration_seconds_count{job="otel",http_response_status_code=~"5.."}',
        "spring-availability": 'http_server_requests_seconds_count{job="spring",outcome=~"SERVER_ERROR"}',
        "rpc-availability": 'grpc_server_handled_total{job="rpc",grpc_code=~"Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss"}',
        "cart-availability": 'istio_requests_total{destination_service_name="cart",reporter="destination",response_code=~"5..|0"}',
        "web-docker-availability": 'traefik_service_requests_total{service="web@docker",code=~"5.."}',
        "front-availability": 'nginx_ingress_controller_requests{ingress="front",status=~"5.."}',
        "users-availability": 'envoy_cluster_upstream_rq_xx{envoy_cluster_name="users",envoy_response_code_class=~"5"}',
        "worker-availability": 'temporal_request_failure_total{job="worker"}',
        "batch-jobs-done": 'jobs_done_total{job="batch",result=~"error|errors|failed|failure|fail|timeout"}',
    }
    latency = found["shop-http-request-below-500ms"]
    assert isinstance(latency, Latency)
    assert latency.edge == Decimal("0.5")
    mesh = found["cart-istio-request-below-250ms"]
    assert isinstance(mesh, Ratio)
    assert (
        mesh.good
        == 'istio_request_duration_milliseconds_bucket{destination_service_name="cart",le=~"250|250[.]0"}'
    )
    uptime = found["serviceMonitor-ns-cache-0-uptime"]
    assert isinstance(uptime, Uptime)
    assert uptime.probe == 'up{job="serviceMonitor/ns/cache/0"}'
    assert isinstance(found["blackbox-probe-shop-test-health"], Uptime)
    backup = found["db-backup-fresh"]
    assert isinstance(backup, Freshness)
    assert backup.within.total_seconds() == 2 * 86400


def test_an_objective_leaves_room_and_is_no_higher_than_the_data_can_show(platform: Platform) -> None:
    objectives = {ident: slo.objective for ident, slo in _slos(platform).items()}
    assert objectives["shop-availability"] == Decimal("99.5")
    assert objectives["batch-jobs-done"] == Decimal(95)
    # 1,728 scrapes without a failure show no more than 99 %: a tenth of a percent of them is less than 10.
    assert objectives["serviceMonitor-ns-cache-0-uptime"] == Decimal(99)
    assert objectives["rpc-availability"] == Decimal("99.99")


def test_evidence_and_reasons_stand_in_the_file(spec: Path) -> None:
    text = spec.read_text()
    assert "# Observed: 99.9 % of 1,7" in text
    assert 'http_requests_total{job="broken"}: 20.0 % failed' in text
    assert 'http_requests_total{job="quiet"}: 17 requests are too few to tell' in text
    assert "lookup_requests_total: no label tells a failure from a success" in text
    assert "body_size_bytes: a histogram, but not of a duration" in text
    assert "sold_total" not in text


def test_what_is_proposed_is_valid_and_passes_its_own_tests(
    spec: Path, platform: Platform, slo_cli: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    checked = slo_cli("validate", spec)
    assert checked.returncode == 0, checked.stderr
    # promtool takes seconds for each service, so one of each kind of SLI stands for all.
    kinds = {"shop", "db", "cart"}
    few = tuple(s for s in platform.services if s.name in kinds)
    assert {slo.sli.kind for s in few for slo in s.slos} == {"ratio", "latency", "uptime", "freshness"}
    results = list(prove(platform.model_copy(update={"services": few})))
    assert {one.service for one in results} == kinds
    assert [one.output for one in results if one.outcome != "ok"] == []


def test_an_empty_prometheus_and_one_without_conventions_are_told_apart(
    history: Callable[..., AbstractContextManager[str]],
    slo_cli: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
) -> None:
    old = [f'sold_total{{job="shop"}} {i} {NOW - 5 * 86400 + i * 60}' for i in range(9)]
    with history(old) as url:
        done = slo_cli("init", "--prometheus", url, "--out", tmp_path / "x.py")
        assert (done.returncode, done.stderr) == (
            2,
            f"error: Prometheus at {url}: has no metrics of the last day; does it scrape anything?\n",
        )
    with history([f'sold_total{{job="shop"}} {i} {NOW - 600 + i * 60}' for i in range(9)]) as url:
        done = slo_cli("init", "--prometheus", url, "--out", tmp_path / "x.py")
        assert done.returncode == 2
        assert "nothing to propose: no metric follows a known convention" in done.stderr
    done = slo_cli("init", "--prometheus", "http://127.0.0.1:9", "--out", tmp_path / "x.py")
    assert (done.returncode, done.stderr) == (
        2,
        "error: Prometheus at http://127.0.0.1:9: no connection; is it running there?\n",
    )
    assert not list(tmp_path.iterdir())
