"""The OpenAPI document holds, and Temporal's server counts what the spec says."""

import re
from collections.abc import Iterator

import pytest
from fuzz import fuzz
from hub import Hub, settings_for, undone
from temporal import Others, TemporalServer, until

from slo import Counter, Histogram
from somahub.dependencies.temporal import temporal
from somahub.services.orchestrator.spec import orchestrator


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
    seen = until(lambda: _seen(server.metrics()))
    # No workflow times out here: its counter is made like the others.
    for metric in temporal.metrics:
        if metric.name == "workflow_timeout":
            continue
        name = f"{metric.name}_bucket" if isinstance(metric, Histogram) else metric.name
        labels = set(metric.labels) | ({"le"} if isinstance(metric, Histogram) else set())
        assert seen[name] == labels, name
        kind = "counter" if isinstance(metric, Counter) else metric.kind
        assert f"# TYPE {metric.name} {kind}\n" in server.metrics()
    edges = re.findall(r'^persistence_latency_bucket\{.*le="([0-9.]+)"', server.metrics(), re.MULTILINE)
    [latency] = [m for m in temporal.metrics if m.name == "persistence_latency"]
    assert isinstance(latency, Histogram)
    assert {float(e) for e in edges} == set(latency.buckets)


def test_the_success_of_workflows_is_read_from_counters_that_the_spec_declares() -> None:
    [success] = [s for s in orchestrator.slos if s.name == "workflow-success"]
    read = set(re.findall(r"workflow_\w+", str(success.sli)))
    assert read <= {m.name for m in temporal.metrics}
    assert "workflow_cancel" not in read


def _seen(text: str) -> dict[str, set[str]]:
    """Labels by the name of the series, once every outcome was counted."""
    found = re.findall(r"^(\w+)\{(.*)\} ", text, re.MULTILINE)
    seen = {name: set(re.findall(r'(\w+)="', labels)) for name, labels in found}
    ends = {"workflow_success", "workflow_failed", "workflow_terminate", "workflow_cancel"}
    return seen if ends <= seen.keys() else {}


def test_nothing_that_a_client_sends_is_a_server_error(hub: Hub) -> None:
    assert fuzz(hub.app, hub.signals.issuer.headers()) == 8
