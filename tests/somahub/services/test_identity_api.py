from collections.abc import Iterator
from pathlib import Path

import pytest
from fuzz import fuzz
from identityservice import Running
from parts import redis_server

from slo.kit import emitted
from somahub.services.identity.spec import identity


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with redis_server(tmp_path) as redis, Running(tmp_path, redis.url) as made:
        yield made


def test_no_request_makes_identity_fail(running: Running) -> None:
    assert fuzz(running.app, running.headers(), examples=15) == len(
        [method for path in running.app.openapi()["paths"].values() for method in path]
    )


def test_every_operation_is_described(running: Running) -> None:
    for path, methods in running.app.openapi()["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), f"{method} {path}"


def test_every_declared_metric_is_there_from_the_start(running: Running) -> None:
    text = running.client.get("/metrics").text
    for metric in emitted(identity):
        assert f"# TYPE {metric.name}" in text
