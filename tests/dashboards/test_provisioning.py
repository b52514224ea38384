"""Data sources that lead to each other, and what carries and keeps logs and traces."""

import json
import re
from typing import Any

import pytest
import yaml

from dashboards import Where, dashboard_files, folder_uid, pipeline_files, provisioning_files
from dashboards.pipeline.collector import SECRET_KEYS, SECRET_VALUES
from slo import load
from somahub.generate import files
from somahub.targets.wanted import Wanted

PLATFORM = load("somahub.spec:platform")
PIPELINE = {path: yaml.safe_load(text) for path, text in pipeline_files(PLATFORM).items()}


def _provisioned(what: str) -> dict[str, Any]:
    text = provisioning_files(PLATFORM)[f"grafana/provisioning/{what}/soma-agent-hub.yaml"]
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def test_a_trace_leads_to_its_logs_a_line_to_its_trace_and_an_exemplar_too() -> None:
    sources = {one["uid"]: one for one in _provisioned("datasources")["datasources"]}
    assert set(sources) == {"prometheus", "loki", "tempo"}
    assert sources["prometheus"]["jsonData"]["exemplarTraceIdDestinations"][0]["datasourceUid"] == "tempo"
    assert sources["loki"]["jsonData"]["derivedFields"][0]["datasourceUid"] == "tempo"
    assert sources["tempo"]["jsonData"]["tracesToLogsV2"]["datasourceUid"] == "loki"
    # One dollar sign would be a variable of Grafana's environment.
    assert "$${__value.raw}" in json.dumps(sources["loki"])


def test_dashboards_from_files_are_in_the_folder_that_applying_uses_too() -> None:
    (provider,) = _provisioned("dashboards")["providers"]
    assert (provider["folder"], provider["folderUid"]) == ("soma-agent-hub", folder_uid("soma-agent-hub"))
    assert provider["allowUiUpdates"] is False


def test_logs_are_kept_30_days_and_traces_7() -> None:
    loki, tempo = PIPELINE["loki/loki.yaml"], PIPELINE["tempo/tempo.yaml"]
    assert loki["limits_config"]["retention_period"] == "720h"
    assert loki["compactor"]["retention_enabled"] is True
    assert loki["compactor"]["delete_request_store"] == "filesystem"
    assert tempo["compactor"]["compaction"]["block_retention"] == "168h"
    assert PLATFORM.retention == "200h"


def test_everything_listens_on_the_loopback_where_it_is_told() -> None:
    moved = Where(loki="127.0.0.1:20012", tempo="127.0.0.1:20013", tempo_otlp="127.0.0.1:20014")
    made = {path: yaml.safe_load(text) for path, text in pipeline_files(PLATFORM, moved).items()}
    assert made["loki/loki.yaml"]["server"]["http_listen_port"] == 20012
    assert made["tempo/tempo.yaml"]["server"]["http_listen_port"] == 20013
    assert made["otel/collector.yaml"]["exporters"]["otlp/tempo"]["endpoint"] == "127.0.0.1:20014"
    hosts = set(re.findall(r"\d+\.\d+\.\d+\.\d+", "".join(pipeline_files(PLATFORM, moved).values())))
    assert hosts == {"127.0.0.1"}


def test_pipelines_limit_memory_first_and_batch_last_and_have_all_that_they_name() -> None:
    collector = PIPELINE["otel/collector.yaml"]
    used: dict[str, set[str]] = {"receivers": set(), "processors": set(), "exporters": set()}
    for pipeline in collector["service"]["pipelines"].values():
        assert pipeline["processors"][0] == "memory_limiter"
        assert pipeline["processors"][-1] == "batch"
        assert "redaction" in pipeline["processors"]
        for kind, names in pipeline.items():
            used[kind] |= set(names)
    assert {kind: set(collector[kind]) for kind in used} == used
    assert set(collector["service"]["pipelines"]) == {"logs", "traces", "metrics"}


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abc.def-123",
        "eyJhbGciOi.eyJzdWIi.c2ln",
        "postgresql://somahub:hunter2@127.0.0.1:5432/somahub",
        "-----BEGIN RSA PRIVATE KEY-----",
        "AKIA" + "A" * 16,
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    assert any(re.search(pattern, text) for pattern in SECRET_VALUES)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("http.request.header.authorization", True),
        ("client_secret", True),
        ("api-key", True),
        ("http.route", False),
        ("token_id", False),
        ("idempotency_key", False),
    ],
)
def test_an_attribute_is_hidden_by_its_name_only_where_it_holds_a_secret(name: str, *, secret: bool) -> None:
    assert any(re.search(pattern, name) for pattern in SECRET_KEYS) is secret


def test_usual_lines_stay_as_they_are() -> None:
    for text in (
        "workflow.started 3f2a9c",
        "http://127.0.0.1:10000/v1/sessions",
        "tenant=acme route=/v1/{id}",
    ):
        assert not any(re.search(pattern, text) for pattern in SECRET_VALUES), text


def test_config_maps_hold_the_same_boards_for_the_sidecar() -> None:
    made = files(PLATFORM, wanted=Wanted("operator", ("dashboards",), "monitoring", {"team": "web"}))
    plain = dashboard_files(PLATFORM)
    assert len(made) == len(plain)
    resources = [yaml.load(text, yaml.CSafeLoader) for text in made.values()]
    for one in resources:
        assert (one["kind"], one["metadata"]["namespace"]) == ("ConfigMap", "monitoring")
        assert one["metadata"]["labels"]["grafana_dashboard"] == "1"
        assert one["metadata"]["labels"]["team"] == "web"
        assert one["metadata"]["annotations"] == {"grafana_folder": "soma-agent-hub"}
        ((name, body),) = one["data"].items()
        assert json.loads(body) == json.loads(plain[f"grafana/dashboards/{name}"])
    assert len({one["metadata"]["name"] for one in resources}) == len(made)
