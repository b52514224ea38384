import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hub import Hub, settings_for, undone
from live import wait_for
from temporal import Others, TemporalServer

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TemporalServer]:
    server = TemporalServer(tmp_path_factory.mktemp("temporal"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def others() -> Iterator[Others]:
    others = Others()
    yield others
    others.stop()


@pytest.fixture(scope="module")
def running(server: TemporalServer, others: Others) -> Iterator[Hub]:
    hub = Hub(settings_for(server, others))
    with hub.client, hub.worker:
        yield hub


@pytest.fixture
def hub(running: Hub, others: Others) -> Hub:
    """The hub that the module's tests share, with services that have forgotten what they were asked."""
    others.allow = True
    others.hold.clear()
    for kept in (others.questions, others.calls, others.effects, others.memories):
        kept.clear()
    return running


def test_a_workflow_asks_the_policy_recalls_uses_tools_in_order_and_remembers(
    hub: Hub, others: Others
) -> None:
    ended = hub.ended(hub.start("first", "second", workflow_id="happy"))
    assert (ended["status"], ended["error"]) == ("completed", "")
    assert ended["steps"] == ["policy", "recall", "1:first", "2:second", "remember"]
    assert ended["result"]["outputs"] == {"1:first": "first did", "2:second": "second did"}
    assert ended["result"]["context"] == "acme knows"
    [question] = others.questions
    assert (question.tenant, question.subject) == ("acme", "a platform-admin")
    assert question.context == {"goal": "find out", "tools": ["first", "second"]}
    assert others.effects == ["first", "second"]
    assert {"acme:happy:1:first", "acme:happy:2:second"} <= others.keys
    assert others.memories["acme:happy:remember"].tenant == "acme"


def test_one_trace_goes_from_the_request_through_the_activities_into_other_services(hub: Hub) -> None:
    hub.worker_signals.exporter.clear()
    body = {"plan": {"goal": "g", "tools": [{"tool": "first"}]}}
    headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    started = hub.client.post("/v1/workflows", json=body, headers=headers).json()["workflow_id"]
    hub.ended(started)
    spans = wait_for(lambda: _spans_of(hub, "workflow.activity", 5))
    assert {str(s.attributes["activity"]) for s in spans} == {
        "check_policy",
        "recall",
        "use_tool",
        "remember",
        "close",
    }
    assert len(_spans_of(hub, "POST", 4)) == 4
    [line] = [e for e in hub.worker_signals.events("workflow.closed") if e["workflow_id"].endswith(started)]
    assert (line["trace_id"], line["tenant"], line["outcome"]) == (TRACE, "acme", "completed")


def test_what_is_denied_is_rejected_and_has_no_effect(hub: Hub, others: Others) -> None:
    others.allow = False
    ended = hub.ended(hub.start("first"))
    assert (ended["status"], ended["result"]["reasons"]) == ("rejected", ["not on a Friday"])
    assert others.effects == []


def test_a_workflow_waits_for_approval_and_its_wait_is_no_response_time(hub: Hub, others: Others) -> None:
    def answered() -> float:
        return hub.worker_signals.value("agent_response_duration_seconds_sum") or 0

    before, begun = answered(), time.monotonic()
    workflow_id = hub.start("first", needs_approval=True)
    wait_for(lambda: hub.get(workflow_id)["waits_for_approval"])
    waits = time.monotonic()
    wait_for(lambda: time.monotonic() > waits + 1)
    assert others.effects == []
    decision = {"approve": True}
    assert hub.client.post(f"/v1/workflows/{workflow_id}/signal", json=decision).status_code == 202
    ended = hub.ended(workflow_id)
    assert (ended["status"], ended["waits_for_approval"]) == ("completed", False)
    assert "approval" in ended["steps"]
    assert answered() - before < time.monotonic() - begun - 1


def test_what_a_person_refuses_is_rejected(hub: Hub, others: Others) -> None:
    workflow_id = hub.start("first", needs_approval=True)
    decision = {"approve": False, "comment": "too dear"}
    hub.client.post(f"/v1/workflows/{workflow_id}/signal", json=decision)
    ended = hub.ended(workflow_id)
    assert (ended["status"], ended["result"]["reasons"]) == ("rejected", ["too dear"])
    assert others.effects == []
    again = hub.client.post(f"/v1/workflows/{workflow_id}/signal", json=decision)
    assert (again.status_code, again.json()["detail"]) == (409, f"Workflow {workflow_id} has ended.")


def test_a_workflow_that_asks_nobody_takes_no_decision(hub: Hub) -> None:
    workflow_id = hub.start()
    answer = hub.client.post(f"/v1/workflows/{workflow_id}/signal", json={"approve": True})
    assert answer.status_code == 422
    assert "does not wait" in answer.json()["detail"]


def test_a_refused_tool_fails_the_workflow_and_what_was_done_is_taken_back_the_last_first(
    hub: Hub, others: Others
) -> None:
    ended = hub.ended(
        hub.start(undone("a", "not-a"), "b", undone("c", "not-c"), undone("refused", "not-r"), "d")
    )
    assert ended["status"] == "failed"
    assert ended["error"] == "4:refused: rejected: refused said"
    assert others.effects == ["a", "b", "c", "not-c", "not-a"]
    assert others.calls.count("refused") == 1
    assert ended["steps"][-2:] == ["3:c:undo", "1:a:undo"]


def test_a_tool_of_which_nobody_knows_what_it_did_is_taken_back_too(hub: Hub, others: Others) -> None:
    ended = hub.ended(hub.start(undone("a", "not-a"), undone("unclear", "not-unclear")))
    assert (ended["status"], others.calls.count("unclear")) == ("failed", 1)
    assert others.effects == ["a", "not-unclear", "not-a"]


def test_a_canceled_workflow_finishes_its_step_and_takes_back_what_was_done(hub: Hub, others: Others) -> None:
    workflow_id = hub.start(undone("a", "not-a"), undone("held", "not-held"), "never")
    wait_for(lambda: "held" in others.calls)
    assert hub.client.post(f"/v1/workflows/{workflow_id}/cancel").status_code == 202
    others.hold.set()
    ended = hub.ended(workflow_id)
    assert (ended["status"], ended["result"]) == ("canceled", None)
    assert others.effects == ["a", "held", "not-held", "not-a"]
    assert hub.client.post(f"/v1/workflows/{workflow_id}/cancel").status_code == 409


def test_a_workflow_can_be_canceled_while_it_waits_for_a_person(hub: Hub) -> None:
    workflow_id = hub.start(needs_approval=True)
    wait_for(lambda: hub.get(workflow_id)["waits_for_approval"])
    hub.client.post(f"/v1/workflows/{workflow_id}/cancel")
    assert hub.ended(workflow_id)["status"] == "canceled"


def test_a_terminated_workflow_ends_at_once_with_nothing_taken_back(hub: Hub, others: Others) -> None:
    workflow_id = hub.start(undone("a", "not-a"), needs_approval=False)
    held = hub.start(undone("b", "not-b"), "held")
    wait_for(lambda: "held" in others.calls)
    assert hub.client.post(f"/v1/workflows/{held}/terminate").json()["status"] == "terminated"
    assert hub.ended(workflow_id)["status"] == "completed"
    assert "not-b" not in others.effects
    others.hold.set()
    wait_for(lambda: "held" in others.effects)


def test_a_tool_whose_answer_was_lost_is_asked_again_with_the_same_key(hub: Hub, others: Others) -> None:
    assert hub.ended(hub.start("lost"))["status"] == "completed"
    assert (others.calls, others.effects) == (["lost", "lost"], ["lost"])


def test_a_workflow_waits_for_services_that_are_away_and_is_lost_for_none(hub: Hub, others: Others) -> None:
    others.stop()
    workflow_id = hub.start("first")
    wait_for(lambda: hub.worker.get("/ready").status_code == 503)
    assert hub.client.get("/ready").json()["dependencies"]["tool-service"] != "up"
    assert hub.get(workflow_id)["status"] == "running"
    others.start()
    assert hub.ended(workflow_id)["status"] == "completed"
    assert others.effects == ["first"]


def test_the_same_id_again_starts_nothing_and_returns_what_is_there(hub: Hub, others: Others) -> None:
    before = hub.signals.value("orchestrator_workflows_started_total") or 0
    hub.start("first", workflow_id="twin")
    hub.start("first", workflow_id="twin")
    ended = hub.ended("twin")
    answer = hub.client.post("/v1/workflows", json={"workflow_id": "twin", "plan": {"goal": "other"}})
    assert (answer.status_code, answer.json()) == (202, ended)
    assert others.effects == ["first"]
    assert hub.signals.value("orchestrator_workflows_started_total") == before + 1


def test_no_tenant_sees_or_touches_the_workflows_of_another(hub: Hub) -> None:
    issuer = hub.signals.issuer
    mine = issuer.headers("developer", tenant="a_b", scope="read@development deploy@development")
    theirs = issuer.headers("developer", tenant="axb", scope="read@development restart@development")
    body = {"workflow_id": "secret", "plan": {"goal": "g"}}
    assert hub.client.post("/v1/workflows", json=body, headers=mine).status_code == 202

    def listed(headers: dict[str, str], **query: str) -> list[str]:
        answer = hub.client.get("/v1/workflows", headers=headers, params=query)
        return [w["workflow_id"] for w in answer.json()["workflows"]]

    wait_for(lambda: listed(mine) == ["secret"])
    assert listed(theirs) == []
    for method, path in (("GET", ""), ("POST", "/cancel"), ("POST", "/signal")):
        url = f"/v1/workflows/secret{path}"
        body = {"approve": True}
        answer = hub.client.request(method, url, headers=theirs, json=body if path == "/signal" else None)
        assert answer.status_code == 404, (method, path)
    assert hub.client.get("/v1/workflows?tenant=a_b", headers=theirs).status_code == 403
    service = issuer.headers("service", tenant="platform", scope="read@soma-agent-hub")
    assert listed(service, tenant="a_b") == ["secret"]


def test_a_list_goes_on_page_by_page(hub: Hub) -> None:
    headers = hub.signals.issuer.headers(tenant="pages")
    for _ in range(5):
        hub.client.post("/v1/workflows", json={"plan": {"goal": "g"}}, headers=headers)

    def seen() -> set[str]:
        found, page = set(), ""
        while True:
            query = {"limit": "2", "page": page}
            answer = hub.client.get("/v1/workflows", params=query, headers=headers).json()
            found |= {w["workflow_id"] for w in answer["workflows"]}
            page = answer["next_page"]
            if not page:
                return found

    wait_for(lambda: len(seen()) == 5)
    for page in ("?", "bm9uZQ=="):
        assert hub.client.get("/v1/workflows", params={"page": page}).status_code == 422


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("developer", {"start", "list", "read"}),
        ("sre-operator", {"list", "read", "signal", "cancel"}),
        ("platform-admin", {"start", "list", "read", "signal", "cancel", "terminate"}),
    ],
)
def test_each_role_may_what_the_manual_says(hub: Hub, role: str, allowed: set[str]) -> None:
    routes = {
        "start": ("POST", ""),
        "list": ("GET", ""),
        "read": ("GET", "/none"),
        "signal": ("POST", "/none/signal"),
        "cancel": ("POST", "/none/cancel"),
        "terminate": ("POST", "/none/terminate"),
    }
    headers = hub.signals.issuer.headers(role)
    for name, (method, path) in routes.items():
        status = hub.client.request(method, f"/v1/workflows{path}", headers=headers).status_code
        assert (status != 403) == (name in allowed), (name, status)


def test_outcomes_and_durations_are_counted(hub: Hub) -> None:
    signals = hub.worker_signals

    def counts() -> list[float]:
        starts = signals.value("workflow_start_duration_seconds_count")
        ends = signals.value("orchestrator_workflows_closed_total", outcome="completed")
        answers = signals.value("agent_response_duration_seconds_count")
        return [starts or 0, ends or 0, answers or 0]

    before = counts()
    workflow_id = hub.start()
    hub.ended(workflow_id)
    assert all(now > then for now, then in zip(counts(), before, strict=True))
    ends = [e for e in signals.events("workflow.closed") if e["workflow_id"] == f"acme:{workflow_id}"]
    assert [e["outcome"] for e in ends] == ["completed"]
    text = wait_for(lambda: _with(hub.worker.get("/metrics").text, "temporal_num_pollers{"))
    assert 'temporal_worker_task_slots_available{worker_type="ActivityWorker"}' in text
    assert "temporal_workflow_task_schedule_to_start_latency_seconds_count" in text


def _with(text: str, part: str) -> str:
    return text if part in text else ""


def _spans_of(hub: Hub, name: str, count: int) -> list[Any]:
    spans = hub.worker_signals.exporter.get_finished_spans()
    found = [s for s in spans if s.name == name and f"{s.context.trace_id:032x}" == TRACE]
    return found if len(found) >= count else []


def test_a_plan_that_is_too_long_is_refused(hub: Hub) -> None:
    plan = {"goal": "g", "tools": [{"tool": "t", "arguments": {"text": "x" * 1_100_000}}]}
    assert hub.client.post("/v1/workflows", json={"plan": plan}).status_code == 413


@pytest.mark.parametrize("text", ["\x00", "\ud800"])
def test_odd_characters_are_no_server_error(hub: Hub, text: str) -> None:
    plan = {"goal": f"g{text}", "tools": [{"tool": f"t{text}", "arguments": {"a": text, text: 1}}]}
    content = json.dumps({"plan": plan})
    headers = {"content-type": "application/json"}
    assert hub.client.post("/v1/workflows", content=content, headers=headers).status_code in {202, 422}
