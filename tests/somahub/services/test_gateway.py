import asyncio
import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
import yaml
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from fuzz import fuzz
from identityservice import postgresql
from live import free_port, process, served, wait_for
from redisserver import RedisServer, redis_server
from service import Issuer, Signals, identity_of
from sqlalchemy import NullPool, create_engine

import somahub.services.gateway as gateway_package
from slo import Platform
from slo.errors import SLOError
from slo.promql import metrics as metrics_read
from somahub.auth import Principal
from somahub.generate import files
from somahub.peers import Peer
from somahub.services.gateway.app import Parts, create_app
from somahub.services.gateway.door import Door
from somahub.services.gateway.ratelimit import Limit, RateLimiter
from somahub.services.gateway.spec import gateway
from somahub.services.gateway.store import NewSession, Run, SessionStore
from somahub.services.gateway.wizard import load
from somahub.services.orchestrator.models import NewWorkflow, Plan, Workflow
from somahub.serving.redis import SpareRedis

WIDE = (Limit("subject", 1000, 10_000), Limit("tenant", 1000, 10_000))
GOAL = {"goal": {"goal": "Find out why checkout is slow"}}


class Orchestrator:
    """The orchestrator's API over a table in memory: what is started, and how it goes on as the test says."""

    def __init__(self) -> None:
        self.workflows: dict[str, Workflow] = {}
        self.plans: list[NewWorkflow] = []
        self.tokens: set[str] = set()
        self.broken: int | None = None
        self.delay = 0.0
        self.active = True
        self.introspection = 200
        self.app = FastAPI()
        self.app.middleware("http")(self._answer)
        self._routes(self.app)

    async def _answer(self, request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.url.path == "/health":
            return JSONResponse({})
        self.tokens.add(request.headers["authorization"].removeprefix("Bearer "))
        # What Identity says goes on.
        if not request.url.path.startswith("/v1/token"):
            await asyncio.sleep(self.delay)
            if self.broken:
                return JSONResponse({"detail": "as the test says"}, self.broken)
        return await go_on(request)

    def _routes(self, app: FastAPI) -> None:
        @app.post("/v1/token/introspect")
        def introspect() -> JSONResponse:
            """What Identity says of every token."""
            return JSONResponse({"active": self.active}, self.introspection)

        @app.post("/v1/workflows", status_code=202)
        def start(new: NewWorkflow) -> Workflow:
            ident = new.workflow_id or str(uuid.uuid4())
            if ident not in self.workflows:
                self.plans.append(new)
                self.workflows[ident] = Workflow(workflow_id=ident, status="running")
            return self.workflows[ident]

        @app.get("/v1/workflows")
        def page(limit: int, page: str) -> dict[str, object]:
            return {"workflows": list(self.workflows.values())[:limit], "next_page": page}

        @app.get("/v1/workflows/{ident}")
        def read(ident: str) -> Workflow:
            return self.known(ident)

        @app.post("/v1/workflows/{ident}/{what}")
        def change(ident: str, what: str) -> Workflow:
            status = "canceled" if what == "cancel" else "completed"
            return self.move(ident, status=status)

    def known(self, ident: str) -> Workflow:
        if ident not in self.workflows:
            raise HTTPException(404, f"no workflow {ident}")
        return self.workflows[ident]

    def move(self, ident: str, **changes: object) -> Workflow:
        self.workflows[ident] = self.known(ident).model_copy(update=changes)
        return self.workflows[ident]


class Gateway:
    """The gateway over HTTP, with a real Redis and database."""

    def __init__(
        self, database: Path, redis_url: str, limits: tuple[Limit, Limit], upstream: httpx.AsyncClient
    ) -> None:
        self.signals = Signals(gateway)
        telemetry = self.signals.telemetry
        redis = SpareRedis.at(redis_url)

        async def identity() -> None:
            return

        parts = Parts(
            door=Door(self.signals.guard, RateLimiter(redis, *limits), telemetry),
            store=SessionStore(create_engine(f"sqlite:///{database}")),
            wizards=load(),
            orchestrator=Peer("orchestrator", upstream, telemetry),
            identity=Peer("identity", upstream, telemetry),
            checks={"redis": redis.check, "identity": identity},
            stream_every=0.02,
        )
        self.app = create_app(telemetry, parts)
        self.client = httpx.Client()
        self.subject = f"ada-{uuid.uuid4()}"
        self.token = self.signals.issuer.token(sub=self.subject)

    def call(self, method: str, path: str, body: object = None, token: str = "") -> httpx.Response:
        headers = {"authorization": f"Bearer {token or self.token}"}
        return self.client.request(method, path, json=body, headers=headers, timeout=10)

    def session(self) -> str:
        made = self.call("POST", "/v1/sessions", {"purpose": "a test"})
        assert made.status_code == 201
        return str(made.headers["location"])

    def wizard(self, name: str, answers: dict[str, dict[str, object]]) -> str:
        """The path of a session's wizard, with some steps answered."""
        where = f"{self.session()}/wizard"
        assert self.call("POST", where, {"wizard": name}).status_code == 201
        for step, given in answers.items():
            assert self.call("PUT", f"{where}/answers/{step}", given).status_code == 200
        return where


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def orchestrator() -> Orchestrator:
    return Orchestrator()


@pytest.fixture
def start(tmp_path: Path, redis: RedisServer, orchestrator: Orchestrator) -> Iterator[Callable[..., Gateway]]:
    """Serves gateways until the test is over."""
    with served(orchestrator.app) as upstream:
        ends: list[Callable[[], object]] = []

        def begin(
            limits: tuple[Limit, Limit] = WIDE, upstream: str = upstream, timeout: float = 20
        ) -> Gateway:
            client = httpx.AsyncClient(base_url=upstream, timeout=timeout)
            made = Gateway(tmp_path / "gateway.db", redis.url, limits, client)
            serving = served(made.app)
            made.client = httpx.Client(base_url=serving.__enter__())
            ends.extend([lambda: serving.__exit__(None, None, None), made.client.close])
            return made

        yield begin
        for end in reversed(ends):
            end()


@pytest.fixture
def running(start: Callable[..., Gateway]) -> Gateway:
    return start()


def test_a_session_is_its_owners_alone(running: Gateway) -> None:
    where = running.session()
    mine = running.call("GET", where).json()
    assert (mine["owner"], mine["tenant"]) == (running.subject, "acme")
    assert [s["id"] for s in running.call("GET", "/v1/sessions").json()] == [mine["id"]]
    issuer = running.signals.issuer
    for claims in ({"sub": "eve"}, {"sub": running.subject, "tenant": "rival"}):
        other = issuer.token(**claims)
        assert running.call("GET", "/v1/sessions", token=other).json() == []
        for method in ("GET", "DELETE"):
            assert running.call(method, where, token=other).status_code == 404
        assert running.call("GET", f"{where}/wizard", token=other).status_code == 404
    assert running.call("DELETE", where).status_code == 204
    assert running.call("GET", where).status_code == 404


def test_sessions_and_answers_survive_a_restart(start: Callable[..., Gateway]) -> None:
    first = start()
    where = first.wizard("agent-task", GOAL)
    again = start()
    again.token = again.signals.issuer.token(sub=first.subject)
    assert again.call("GET", where).json()["answers"]["goal"] == GOAL["goal"]


@pytest.mark.parametrize("body", [{"purpose": 1}, {"colour": "red"}, [], "x", {"purpose": "\0"}])
def test_an_invalid_session_is_a_problem_that_names_the_field(running: Gateway, body: object) -> None:
    answer = running.call("POST", "/v1/sessions", body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"].startswith("body")


def test_a_wizard_asks_what_the_answers_call_for(running: Gateway) -> None:
    assert {w["name"] for w in running.call("GET", "/v1/wizards").json()} == {"agent-task", "incident-review"}
    where = running.wizard("incident-review", {})
    incident = {"summary": "Payments failed", "severity": "P3", "minutes": 12}
    state = running.call("PUT", f"{where}/answers/incident", incident).json()
    assert (state["status"], state["step"]["name"]) == ("asking", "follow_up")
    assert running.call("PUT", f"{where}/answers/impact", {}).status_code == 409
    state = running.call("PUT", f"{where}/answers/incident", incident | {"severity": "P0"}).json()
    assert (state["step"]["name"], state["plan"]) == ("impact", None)
    running.call("PUT", f"{where}/answers/impact", {"customers": 3, "data_lost": False})
    state = running.call("PUT", f"{where}/answers/follow_up", {"causes": ["a bad deploy"]}).json()
    assert state["status"] == "complete"
    assert state["plan"]["needs_approval"] is True
    assert state["plan"]["goal"] == "Review of a P0 of 12 minutes: Payments failed"
    (put,) = state["plan"]["tools"]
    assert "12 minutes, 3 customers\nCauses:\n- a bad deploy\n" in put["arguments"]["content"]
    assert running.signals.value("gateway_wizard_steps_total", outcome="rejected") == 1


def test_answers_are_templates_no_more_than_they_are_code(running: Gateway) -> None:
    where = running.wizard("agent-task", {"goal": {"goal": "{{ 7 * 7 }} {% raw %}"}})
    assert running.call("GET", where).json()["plan"]["goal"] == "{{ 7 * 7 }} {% raw %}"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"summary": "Payments failed", "severity": "P9", "minutes": 1}, "severity"),
        ({"summary": "short", "severity": "P0", "minutes": 1}, "summary"),
        ({"summary": "Payments failed", "severity": "P0", "minutes": 10**400}, "minutes"),
        ({"summary": "Payments failed", "severity": "P0", "minutes": True}, "minutes"),
        ({"summary": "Payments failed\0", "severity": "P0", "minutes": 1}, "summary"),
        ({"summary": "Payments failed", "severity": "P0"}, "minutes"),
        ({"summary": "Payments failed", "severity": ["P0"], "minutes": 1}, "severity"),
        ({"summary": "Payments failed", "severity": "P0", "minutes": 1, "more": 1}, "more"),
    ],
)
def test_an_answer_that_does_not_fit_names_its_question(
    running: Gateway, answers: dict[str, object], field: str
) -> None:
    where = running.wizard("incident-review", {})
    answer = running.call("PUT", f"{where}/answers/incident", answers)
    assert answer.status_code == 422
    assert [e["field"] for e in answer.json()["errors"]] == [f"body.{field}"]
    assert running.call("GET", where).json()["answers"] == {}


def test_a_wizard_submitted_twice_starts_one_workflow_with_the_callers_token(
    running: Gateway, orchestrator: Orchestrator
) -> None:
    where = running.wizard("agent-task", GOAL)
    first, second = (running.call("POST", f"{where}/submit") for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    ident = first.json()["workflow_id"]
    assert second.json()["workflow_id"] == ident == "wizard-" + where.split("/")[3]
    assert [n.plan.goal for n in orchestrator.plans] == [GOAL["goal"]["goal"]]
    assert orchestrator.tokens == {running.token}
    assert running.call("GET", where).json()["status"] == "submitted"
    assert running.call("PUT", f"{where}/answers/goal", GOAL["goal"]).status_code == 409
    assert running.call("POST", where, {"wizard": "agent-task"}).status_code == 409
    assert running.call("GET", first.headers["location"]).json()["status"] == "running"


def test_a_wizard_that_lacks_an_answer_is_not_submitted(running: Gateway) -> None:
    where = running.wizard("agent-task", {})
    answer = running.call("POST", f"{where}/submit")
    assert (answer.status_code, answer.json()["detail"]) == (409, "The step goal needs an answer.")


def test_a_retry_after_an_outage_sends_the_plan_of_the_first_time(
    running: Gateway, orchestrator: Orchestrator
) -> None:
    where = running.wizard("agent-task", GOAL)
    orchestrator.broken = 500
    assert running.call("POST", f"{where}/submit").status_code == 502
    # It may have been started all the same, so answers can't change any more.
    assert running.call("PUT", f"{where}/answers/goal", {"goal": "another"}).status_code == 409
    orchestrator.broken = None
    assert running.call("POST", f"{where}/submit").status_code == 202
    assert orchestrator.plans[0].plan.goal == GOAL["goal"]["goal"]


def test_a_plan_that_the_orchestrator_refuses_can_be_changed(
    running: Gateway, orchestrator: Orchestrator
) -> None:
    where = running.wizard("agent-task", GOAL)
    orchestrator.broken = 422
    assert running.call("POST", f"{where}/submit").status_code == 422
    orchestrator.broken = None
    assert running.call("PUT", f"{where}/answers/goal", {"goal": "another"}).status_code == 200
    assert running.call("POST", f"{where}/submit").status_code == 202
    assert orchestrator.plans[0].plan.goal == "another"
    assert running.signals.value("gateway_wizards_total", outcome="failed") == 1
    assert running.signals.value("gateway_wizards_total", outcome="submitted") == 1


@pytest.mark.parametrize(
    ("theirs", "ours"), [(403, 403), (409, 409), (429, 429), (500, 502), (503, 503), (504, 504)]
)
def test_refusals_of_the_orchestrator_pass_on_and_failures_are_the_gateways(
    running: Gateway, orchestrator: Orchestrator, theirs: int, ours: int
) -> None:
    orchestrator.broken = theirs
    answer = running.call("GET", "/v1/workflows/w")
    assert (answer.status_code, answer.json()["detail"]) == (ours, "as the test says")


def test_an_orchestrator_that_is_slow_is_504_and_one_that_is_gone_503(
    start: Callable[..., Gateway], orchestrator: Orchestrator
) -> None:
    orchestrator.delay = 3
    assert start(timeout=1).call("GET", "/v1/workflows").status_code == 504
    gone = start(upstream=f"http://127.0.0.1:{free_port()}")
    assert gone.call("GET", "/v1/workflows").status_code == 503
    assert gone.client.get("/ready").json()["dependencies"]["orchestrator"] != "up"
    assert gone.call("GET", "/v1/sessions").status_code == 200


def test_no_workflow_is_started_on_a_token_that_identity_took_back(
    running: Gateway, orchestrator: Orchestrator
) -> None:
    orchestrator.active = False
    assert running.call("POST", "/v1/workflows", {"plan": {"goal": "x"}}).status_code == 401
    assert not orchestrator.workflows
    orchestrator.active = True
    assert running.call("POST", "/v1/workflows", {"plan": {"goal": "x"}}).status_code == 202


@pytest.mark.parametrize(
    ("identity", "answer"), [(401, 401), (403, 401), (404, 202), (422, 202), (429, 202), (503, 202)]
)
def test_only_a_refusal_by_identity_speaks_against_a_token(
    running: Gateway, orchestrator: Orchestrator, identity: int, answer: int
) -> None:
    orchestrator.introspection = identity
    assert running.call("POST", "/v1/workflows", {"plan": {"goal": "x"}}).status_code == answer


def test_workflows_are_the_orchestrators(running: Gateway) -> None:
    made = running.call("POST", "/v1/workflows", {"workflow_id": "w", "plan": {"goal": "g"}})
    assert made.status_code == 202
    listed = running.call("GET", "/v1/workflows?limit=1&page=a%26b").json()
    assert ([w["workflow_id"] for w in listed["workflows"]], listed["next_page"]) == (["w"], "a&b")
    assert running.call("POST", "/v1/workflows/w/signal", {"approve": True}).json()["status"] == "completed"
    assert running.call("POST", "/v1/workflows/w/cancel").json()["status"] == "canceled"
    assert running.call("POST", "/v1/workflows/other/cancel").status_code == 404
    assert running.call("GET", "/v1/workflows/.w").status_code == 422
    developer = running.signals.issuer.token("developer")
    assert running.call("POST", "/v1/workflows/w/cancel", token=developer).status_code == 403


def test_a_stream_tells_each_step_and_ends_with_the_workflow(
    running: Gateway, orchestrator: Orchestrator
) -> None:
    orchestrator.workflows["w"] = Workflow(workflow_id="w", status="running", steps=("policy",))
    changes: dict[int, dict[str, object]] = {
        1: {"steps": ("policy", "recall")},
        2: {"waits_for_approval": True},
        3: {"status": "completed", "waits_for_approval": False},
    }
    told = _follow(running, orchestrator, changes)
    assert [(e["event"], e["id"]) for e in told] == [
        ("step", "1:"),
        ("status", "1:running"),
        ("step", "2:running"),
        ("status", "2:waiting"),
        ("status", "2:completed"),
    ]
    assert json.loads(told[-1]["data"])["workflow_id"] == "w"
    again = _follow(running, orchestrator, {}, last="1:waiting")
    assert [e["id"] for e in again] == ["2:waiting", "2:completed"]
    assert [e["id"] for e in _follow(running, orchestrator, {}, last="nonsense")] == [
        "1:",
        "2:",
        "2:completed",
    ]
    wait_for(lambda: running.signals.value("gateway_event_streams") == 0)
    assert running.call("GET", "/v1/workflows/none/events").status_code == 404


def test_a_stream_outlasts_an_outage_and_ends_when_the_caller_is_refused(
    running: Gateway, orchestrator: Orchestrator
) -> None:
    orchestrator.workflows["w"] = Workflow(workflow_id="w", status="running")
    headers = {"authorization": f"Bearer {running.token}"}
    with running.client.stream("GET", "/v1/workflows/w/events", headers=headers) as stream:
        told = _events(stream)
        assert next(told)["id"] == "0:running"
        orchestrator.broken = 503
        seen = running.signals.value
        failed = {"peer_service": "orchestrator", "http_request_method": "GET", "error_type": ""}
        name = "http_client_request_duration_seconds_count"
        wait_for(lambda: (seen(name, http_response_status_code="503", **failed) or 0) > 2)
        orchestrator.move("w", steps=("policy",))
        orchestrator.broken = None
        assert next(told)["id"] == "1:running"
        orchestrator.broken = 401
        assert [e["event"] for e in told] == ["error"]


def _follow(
    running: Gateway, orchestrator: Orchestrator, changes: dict[int, dict[str, object]], last: str = ""
) -> list[dict[str, str]]:
    """All events of a stream; after the n-th of them the workflow changes."""
    headers = {"authorization": f"Bearer {running.token}", "last-event-id": last}
    told = []
    with running.client.stream("GET", "/v1/workflows/w/events", headers=headers, timeout=10) as stream:
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        for event in _events(stream):
            told.append(event)
            change = changes.get(len(told) - 1)
            if change:
                orchestrator.move("w", **change)
    return told


def _events(stream: httpx.Response) -> Iterator[dict[str, str]]:
    event: dict[str, str] = {}
    for line in stream.iter_lines():
        if line:
            name, _, value = line.partition(": ")
            event[name] = value
        elif event:
            yield event
            event = {}


def test_a_subject_and_a_tenant_have_their_limits_and_are_told_when_to_come_back(
    start: Callable[..., Gateway],
) -> None:
    running = start((Limit("subject", 0.1, 2), Limit("tenant", 0.1, 3)))
    issuer, tenant = running.signals.issuer, str(uuid.uuid4())
    ada, eve = (issuer.token(sub=s, tenant=tenant) for s in ("ada", "eve"))
    first = running.call("GET", "/v1/sessions", token=ada)
    assert first.headers["ratelimit"] == '"subject";r=1;t=10, "tenant";r=2;t=10'
    assert first.headers["ratelimit-policy"] == '"subject";q=2;w=20, "tenant";q=3;w=30'
    assert running.call("GET", "/v1/sessions", token=ada).status_code == 200
    for token, limit in ((ada, "subject"), (eve, ""), (eve, "tenant")):
        answer = running.call("GET", "/v1/sessions", token=token)
        assert answer.status_code == (429 if limit else 200)
        if limit:
            assert answer.headers["content-type"] == "application/problem+json"
            assert 8 <= int(answer.headers["retry-after"]) <= 10
            decided = {"source": "redis", "outcome": limit}
            assert running.signals.value("gateway_rate_limit_decisions_total", **decided) == 1
    assert running.call("GET", "/v1/sessions").status_code == 200
    assert [e["limit"] for e in running.signals.events("request.limited")] == ["subject", "tenant"]


def test_without_redis_a_gateway_counts_for_itself_and_is_degraded(
    start: Callable[..., Gateway], redis: RedisServer
) -> None:
    running = start((Limit("subject", 0.1, 2), Limit("tenant", 100, 100)))
    redis.stop()
    try:
        statuses = [running.call("GET", "/v1/sessions").status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        assert running.client.get("/ready").status_code == 503
        assert running.signals.value("degraded") == 1
        decided = {"source": "local", "outcome": "allowed"}
        assert running.signals.value("gateway_rate_limit_decisions_total", **decided) == 2
    finally:
        redis.start()
    wait_for(lambda: running.client.get("/ready").status_code == 200)


def test_redis_and_the_process_itself_count_alike(redis: RedisServer) -> None:
    async def decisions(url: str) -> list[str]:
        spare = SpareRedis.at(url)
        limiter = RateLimiter(spare, Limit("subject", 0.01, 3), Limit("tenant", 0.01, 5))
        tenant = str(uuid.uuid4())
        verdicts = [await limiter.take(subject, tenant) for subject in "aaaabbbbc"]
        await spare.client.aclose()
        return [
            f"{v.refused.name if v.refused else 'allowed'} {v.retry_after} {v.headers()['RateLimit']}"
            for v in verdicts
        ]

    shared = asyncio.run(decisions(redis.url))
    assert shared == asyncio.run(decisions(f"redis://127.0.0.1:{free_port()}"))
    assert [line.split()[0] for line in shared].count("allowed") == 5


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("type: text", "type: poem", "steps.0.questions.0"),
        ("name: goal\n    title", "name: goal\n    colour: red\n    title", "steps.0.colour"),
        ("when: keep\n    questions", "when: kept\n    questions", "steps.place.when: reads kept"),
        ("when: page", "when: page ==", "plan.tools.0.when"),
        ("{{ goal }}{%", "{{ goals }}{%", "plan: reads goals"),
        ('url: "{{ page }}"', 'url: "{{ pages }}"', "plan.tools.0: reads pages"),
        ("default: false", "default: 1", "the default of keep"),
        ("title: Give an agent a task", "title: a\ntitle: b", "'title' twice"),
        ("- name: key", "- name: goal", "question goal twice"),
        ("steps:", "steps: {", "not YAML"),
    ],
)
def test_a_definition_that_is_not_valid_ends_the_process_with_its_file_and_field(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    text = (Path(gateway_package.__file__).parent / "wizards" / "agent-task.yaml").read_text()
    assert old in text
    (tmp_path / "broken.yaml").write_text(text.replace(old, new, 1))
    with pytest.raises(SLOError) as failure:
        load(tmp_path)
    assert str(tmp_path / "broken.yaml") in str(failure.value)
    assert named in str(failure.value)
    assert "\n" not in str(failure.value)


def test_the_process_says_which_definition_is_broken_and_ends(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("name: x\n")
    done = subprocess.run(
        [sys.executable, "-m", "somahub.services.gateway"],
        env=os.environ | {"GATEWAY_WIZARDS": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {tmp_path / 'w.yaml'}: ")


def test_the_process_takes_identitys_tokens_and_stays_up_without_identity(
    tmp_path: Path, redis: RedisServer, orchestrator: Orchestrator
) -> None:
    issuer = Issuer()
    settings = {"database": f"sqlite:///{tmp_path / 'gateway.db'}", "redis_url": redis.url}
    with ExitStack() as stays, ExitStack() as goes:
        settings["orchestrator_url"] = stays.enter_context(served(orchestrator.app))
        settings["identity_url"] = goes.enter_context(served(identity_of(issuer)))
        url, _ = stays.enter_context(process("somahub.services.gateway", "gateway", tmp_path, **settings))
        wait_for(lambda: _status(f"{url}/ready") == 200)
        wait_for(lambda: _status(f"{url}/v1/sessions", issuer.token()) == 200)
        assert _status(f"{url}/v1/sessions", Issuer().token()) == 401
        issuer.taken_back.add("stolen")
        stolen = issuer.token(jti="stolen")
        wait_for(lambda: _status(f"{url}/v1/sessions", stolen) == 401)
        goes.close()
        wait_for(lambda: _status(f"{url}/ready") == 503)
        assert _status(f"{url}/v1/sessions", issuer.token()) == 200


def _status(url: str, token: str = "") -> int:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return httpx.get(url, headers=headers).status_code


def test_no_request_by_the_schema_makes_the_gateway_fail(
    running: Gateway, orchestrator: Orchestrator
) -> None:
    where = running.wizard("agent-task", GOAL)
    orchestrator.workflows["w"] = Workflow(workflow_id="w", status="completed")
    assert where
    headers = {"authorization": f"Bearer {running.token}"}
    assert fuzz(str(running.client.base_url), headers) >= 16


def test_sessions_and_answers_are_kept_in_postgresql_too(tmp_path: Path) -> None:
    ada = Principal(subject="ada", tenant="acme")
    with postgresql(tmp_path) as url:
        store = SessionStore(create_engine(url, poolclass=NullPool))  # a server ends once its clients did
        session = store.create(ada, NewSession(purpose="p"))
        assert store.list(ada, 10) == [store.get(ada, session.id)] == [session]
        assert [store.start(session.id, "w") for _ in range(2)] == [True, False]
        store.answer(session.id, "s", {"a": 1})
        store.answer(session.id, "s", {"a": "\ufffd", "b": [2.5, None]})
        plans = [store.freeze(session.id, Plan(goal=goal)) for goal in ("first", "second")]
        assert {p.goal for p in plans} == {"first"}
        store.thaw(session.id)
        run = store.run(session.id)
        assert run == Run("w", {"s": {"a": "\ufffd", "b": [2.5, None]}}, None, "")
        store.started(session.id, "wf")
        store.freeze(session.id, plans[0])
        store.thaw(session.id)
        again = store.run(session.id)
        assert again is not None
        assert (again.plan, again.workflow_id) == (plans[0], "wf")
        assert store.delete(ada, session.id)
        assert (store.run(session.id), store.get(ada, session.id)) == (None, None)


def test_every_metric_that_a_rule_reads_is_emitted_or_recorded(running: Gateway) -> None:
    running.session()
    emitted = set(re.findall(r"^(\w+)", running.client.get("/metrics").text, re.MULTILINE)) | {"up"}
    alone = Platform(name="alone", services=(gateway.model_copy(update={"needs": ()}),))
    groups = yaml.safe_load(files(alone)["prometheus/rules/gateway.yaml"])["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    recorded = {rule.get("record") for rule in rules}
    read = set().union(*(metrics_read(rule["expr"]) for rule in rules))
    assert read - emitted - recorded == set()
    assert "http_server_requests_total" in read
