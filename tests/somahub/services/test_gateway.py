import io
import json
import re
import time
from pathlib import Path

import pytest
import yaml
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry
from sqlalchemy import create_engine

from slo import load
from slo.promql import metrics as metrics_read
from somahub.faults import Fault, Schedule, parse
from somahub.generate import files
from somahub.services.gateway.app import create_app
from somahub.services.gateway.spec import gateway
from somahub.services.gateway.store import SessionStore
from somahub.telemetry import (
    Resource,
    Telemetry,
    UndeclaredSignalError,
    event_logger,
    json_handler,
    tracer_provider,
)

TRACE = "0af7651916cd43dd8448eb211c80319c"


class Running:
    def __init__(self, database: Path, faults: Schedule | None = None) -> None:
        self.registry = CollectorRegistry()
        self.log = io.StringIO()
        self.engine = create_engine(f"sqlite:///{database}")
        resource = Resource("gateway")
        logger = event_logger("gateway", json_handler(resource, self.log))
        self.telemetry = Telemetry(gateway, self.registry, tracer_provider(resource), logger)
        app = create_app(self.telemetry, SessionStore(self.engine), faults)
        self.client = TestClient(app, raise_server_exceptions=False)

    def requests(self, route: str, code_class: str) -> float | None:
        labels = {"route": route, "code_class": code_class}
        return self.registry.get_sample_value("http_server_requests_total", labels)


@pytest.fixture
def running(tmp_path: Path) -> Running:
    return Running(tmp_path / "gateway.db")


def test_a_session_can_be_created_read_listed_and_deleted(running: Running) -> None:
    made = running.client.post("/v1/sessions", json={"user": "ada"})
    assert made.status_code == 201
    where = made.headers["location"]
    assert running.client.get(where).json() == made.json()
    assert [s["id"] for s in running.client.get("/v1/sessions").json()] == [made.json()["id"]]
    assert running.client.delete(where).status_code == 204
    assert running.client.get(where).status_code == 404


def test_sessions_survive_a_restart(tmp_path: Path) -> None:
    made = Running(tmp_path / "g.db").client.post("/v1/sessions", json={"user": "ada"})
    assert Running(tmp_path / "g.db").client.get(made.headers["location"]).json()["user"] == "ada"


@pytest.mark.parametrize("body", [{}, {"user": ""}, {"user": "a", "colour": "red"}, [], "x"])
def test_an_invalid_session_is_a_problem_that_names_the_field(running: Running, body: object) -> None:
    answer = running.client.post("/v1/sessions", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"].startswith("body")


def test_every_route_and_class_starts_at_zero(running: Running) -> None:
    routes = ("/v1/sessions", "/v1/sessions/{session_id}", "unmatched")
    assert {running.requests(r, c) for r in routes for c in ("2xx", "4xx", "5xx")} == {0}
    labels = {"outcome": "deleted"}
    assert running.registry.get_sample_value("gateway_sessions_total", labels) == 0


def test_requests_are_counted_by_route_template_and_probes_are_not(running: Running) -> None:
    for path in ("/v1/sessions/1", "/v1/sessions/2", "/nowhere", "/health", "/ready", "/metrics"):
        running.client.get(path)
    assert running.requests("/v1/sessions/{session_id}", "4xx") == 2
    assert running.requests("unmatched", "4xx") == 1
    assert "/health" not in running.client.get("/metrics").text


def test_a_failing_store_is_a_500_that_counts_and_unreadiness(running: Running) -> None:
    assert running.client.get("/ready").status_code == 200
    with running.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE sessions")
    answer = running.client.get("/v1/sessions")
    assert (answer.status_code, answer.json()["status"]) == (500, 500)
    assert running.requests("/v1/sessions", "5xx") == 1


def test_latency_thresholds_of_the_spec_are_bucket_edges(running: Running) -> None:
    running.client.get("/v1/sessions")
    text = running.client.get("/metrics").text
    assert {'le="0.2"', 'le="0.5"'} <= set(re.findall(r'le="[^"]+"', text))


def test_a_trace_from_outside_goes_on_in_logs_and_exemplars(running: Running) -> None:
    headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    running.client.post("/v1/sessions", json={"user": "ada"}, headers=headers)
    lines = [json.loads(line) for line in running.log.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["session.created", "http.request"]
    assert {line["trace_id"] for line in lines} == {TRACE}
    accept = {"accept": "application/openmetrics-text; version=1.0.0"}
    assert f'trace_id="{TRACE}"' in running.client.get("/metrics", headers=accept).text


def test_an_undeclared_signal_raises(running: Running) -> None:
    kit = running.telemetry
    with pytest.raises(UndeclaredSignalError, match="nothing_total"):
        kit.count("nothing_total")
    with pytest.raises(UndeclaredSignalError, match="outcome='lost'"):
        kit.count("gateway_sessions_total", outcome="lost")
    with pytest.raises(UndeclaredSignalError, match=r"session\.created with fields \[\]"):
        kit.event("session.created")
    with pytest.raises(UndeclaredSignalError, match=r"span other"):
        kit.span("other")


def test_an_injected_fault_fails_requests_and_spares_probes(tmp_path: Path) -> None:
    running = Running(tmp_path / "g.db", Schedule([Fault("gateway", "5xx", time.time() - 1, 60)]))
    assert running.client.get("/v1/sessions").status_code == 503
    assert running.client.get("/ready").status_code == 200
    assert sum(running.requests(r, "5xx") or 0 for r in ("/v1/sessions", "unmatched")) == 1


def test_a_fault_is_read_back_from_its_text() -> None:
    fault = parse("gateway:5xx@60s+120s")
    assert parse(str(fault)) == fault
    with pytest.raises(ValueError, match="expected SERVICE:KIND"):
        parse("gateway@60")


def test_every_metric_that_a_rule_reads_is_emitted_or_recorded(running: Running) -> None:
    running.client.get("/v1/sessions")
    emitted = set(re.findall(r"^(\w+)", running.client.get("/metrics").text, re.MULTILINE)) | {"up"}
    groups = yaml.safe_load(files(load("somahub.spec"))["prometheus/rules/gateway.yaml"])["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    recorded = {rule.get("record") for rule in rules}
    read = set().union(*(metrics_read(rule["expr"]) for rule in rules))
    assert read - emitted - recorded == set()
    assert "http_server_requests_total" in read
