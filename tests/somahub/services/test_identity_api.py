from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fuzz import fuzz
from identityservice import PASSWORD, Running, bearer
from live import served
from redisserver import redis_server

from slo.kit import emitted
from somahub.services.identity.spec import identity


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with redis_server(tmp_path) as redis, Running(tmp_path, redis.url) as made:
        yield made


def test_no_request_makes_identity_fail(tmp_path: Path) -> None:
    # Served for real, since its connections belong to the loop that it was started in.
    with redis_server(tmp_path) as redis:
        running = Running(tmp_path, redis.url)
        with served(running.app) as url:
            form = {"grant_type": "password", "username": "ada", "password": PASSWORD}
            token = httpx.post(f"{url}/v1/token", data=form).json()["access_token"]
            tried = fuzz(url, bearer(token), examples=10)
    assert tried == sum(len(methods) for methods in running.app.openapi()["paths"].values())


def test_every_operation_is_described(running: Running) -> None:
    for path, methods in running.app.openapi()["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), f"{method} {path}"


def test_every_declared_metric_is_there_from_the_start(running: Running) -> None:
    text = running.client.get("/metrics").text
    for metric in emitted(identity):
        assert f"# TYPE {metric.name}" in text
