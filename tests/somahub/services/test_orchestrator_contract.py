"""The OpenAPI document holds, and Temporal's server counts what the spec says."""

import re
from collections.abc import Iterator

import pytest
from fuzz import fuzz
from hub import Api, Hub, settings_for, undone
from live import wait_for
from temporal import Others, TemporalServer

from slo import Histogram
from somahub.dependencies.temporal import temporal
from somahub.services.orchestrator.spec import orchestrator

# No workflow lasts long enough, and no queue is behind and forgotten.
LATE = {"workflow_timeout", "approximate_backlog_count"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TemporalServer]:
    server = TemporalServer(tmp_path_factory.mktemp("temporal"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def hub(server: TemporalServer) -> Iterator[Hub]:
    others = Others()
    hub = Hub(settings_for(server, others))
    with hub.client, hub.worker:
        yield hub
    others.stop()


def test_temporal_counts_each_outcome_by_the_names_and_labels_of_the_spec(
    server: TemporalServer, hub: Hub
) -> None:
    hub.ended(hub.start())
    hub.ended(hub.start(undone("a", "b"), "refused"))
    for end in ("cancel", "terminate"):
        workflow_id = hub.start(needs_approval=True)
        hub.client.post(f"/v1/workflows/{workflow_id}/{end}")
        hub.ended(workflow_id)
    assert hub.client.get("/v1/workflows/none").status_code == 404  # an error, for its counter
    expected = {m.name: m for m in temporal.metrics if m.name not in LATE}
    wait_for(lambda: expected.keys() <= _seen(server.metrics()).keys())
    seen = _seen(server.metrics())
    for name, metric in expected.items():
        labels = set(metric.labels) | ({"le"} if isinstance(metric, Histogram) else set())
        assert seen[name] == (metric.kind, labels)
    edges = re.findall(r'^persistence_latency_bucket\{.*le="([0-9.]+)"', server.metrics(), re.MULTILINE)
    [latency] = [m for m in temporal.metrics if m.name == "persistence_latency"]
    assert isinstance(latency, Histogram)
    assert {float(e) for e in edges} == set(latency.buckets)


def test_the_success_of_workflows_is_read_from_counters_that_the_spec_declares() -> None:
    [success] = [s for s in orchestrator.slos if s.name == "workflow-success"]
    read = set(re.findall(r"workflow_\w+", str(success.sli)))
    assert read <= {m.name for m in temporal.metrics}
    assert "workflow_cancel" not in read


def _seen(text: str) -> dict[str, tuple[str, set[str]]]:
    """Kinds and labels by name."""
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))
    series = dict(re.findall(r"^(\w+)\{(.*)\} ", text, re.MULTILINE))
    labels = {name: series.get(name) or series.get(f"{name}_bucket", "") for name in kinds}
    return {name: (kind, set(re.findall(r'(\w+)="', labels[name]))) for name, kind in kinds.items()}


def test_nothing_that_a_client_sends_is_a_server_error(hub: Hub) -> None:
    # Without a worker in this process: hypothesis takes its thread's random numbers for its own.
    elsewhere = hub.settings.model_copy(update={"task_queue": "nobody's"})
    api = Api(elsewhere)
    assert fuzz(api.app, api.signals.issuer.headers()) == 8
