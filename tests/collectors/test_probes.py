"""Probes by a real blackbox exporter, and the scrape configuration by promtool."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import pytest
import yaml
from certificate import made, placed
from fastapi import FastAPI, HTTPException
from live import free_port, served, wait_for

from collectors import blackbox_config, prometheus_config
from collectors.probes import Target, targets
from slo import Dependency, Platform, Service
from somahub.stack.binaries import find

PLATFORM = Platform(
    name="p",
    services=(
        Service(name="shop", port=8001),
        Service(name="library"),
        Dependency(name="db", port=8002, metrics_port=8003),
        Dependency(name="edge", port=8004, tls=True),
        Dependency(name="outside", metrics_port=9115, probes=True),
    ),
)


def test_a_service_is_probed_for_health_and_readiness_a_dependency_at_its_port() -> None:
    assert targets(PLATFORM, "h") == [
        Target("shop", "health", "http_2xx", "http://h:8001/health"),
        Target("shop", "ready", "http_2xx", "http://h:8001/ready"),
        Target("db", "tcp", "tcp", "h:8002"),
        Target("edge", "tls", "tls", "h:8004"),
    ]


def test_each_target_is_an_instance_that_says_its_service(tools: Path, tmp_path: Path) -> None:
    text = prometheus_config(PLATFORM, alertmanager="127.0.0.1:9093")
    path = tmp_path / "prometheus.yml"
    path.write_text(text)
    done = subprocess.run([tools / "promtool", "check", "config", path], capture_output=True, check=False)
    assert done.returncode == 0, done
    jobs = {job["job_name"]: job for job in yaml.safe_load(text)["scrape_configs"]}
    assert list(jobs) == ["shop", "db", "outside"]
    assert jobs["outside"]["static_configs"][2] == {
        "targets": ["127.0.0.1:8002"],
        "labels": {"__param_module": "tcp", "probe": "tcp", "slo_service": "db"},
    }


@pytest.fixture
def exporter(tmp_path: Path) -> Iterator[str]:
    config, port = tmp_path / "blackbox.yml", free_port()
    config.write_text(blackbox_config())
    binary = find("SLO_BLACKBOX_EXPORTER", os.environ)
    argv = [binary, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    running = subprocess.Popen(argv, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: httpx.get(f"{url}/-/healthy").is_success)
        yield url
    finally:
        running.kill()
        running.wait()


@pytest.mark.usefixtures("tools")
def test_probes_tell_what_answers_and_when_a_certificate_expires(exporter: str, tmp_path: Path) -> None:
    app = FastAPI()

    @app.get("/health")
    async def health() -> str:
        return "alive"

    @app.get("/ready")
    async def ready() -> str:
        raise HTTPException(503)

    certificate, key = made("edge")
    placed(tmp_path, certificate, key)
    with served(app) as url:
        address = url.removeprefix("http://")
        assert _probe(exporter, "http_2xx", f"{url}/health")["probe_success"] == 1
        unready = _probe(exporter, "http_2xx", f"{url}/ready")
        assert (unready["probe_success"], unready["probe_http_status_code"]) == (0, 503)
        assert _probe(exporter, "tcp", address)["probe_success"] == 1
        assert _probe(exporter, "tls", address)["probe_success"] == 0
    assert _probe(exporter, "tcp", f"127.0.0.1:{free_port()}")["probe_success"] == 0


def _probe(exporter: str, module: str, target: str) -> dict[str, float]:
    query = dict(parse_qsl(f"module={module}&target={target}"))
    text = httpx.get(f"{exporter}/probe", params=query).text
    lines = [line.split() for line in text.splitlines() if line and line[0] != "#" and "{" not in line]
    return {name: float(value) for name, value in lines}
