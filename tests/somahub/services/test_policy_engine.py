import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from fuzz import fuzz
from live import served, wait_for
from redis.asyncio import Redis
from redisserver import RedisServer, redis_server
from service import Signals
from sqlalchemy.exc import DatabaseError

from somahub.database import open_engine
from somahub.services.policy_engine import bundle, development
from somahub.services.policy_engine.app import create_app
from somahub.services.policy_engine.cache import Cache
from somahub.services.policy_engine.inforce import InForce
from somahub.services.policy_engine.settings import Settings
from somahub.services.policy_engine.spec import policy_engine
from somahub.services.policy_engine.store import Store

_SECRET, _PUBLIC = bundle.generate()
_ALWAYS = 'package constitution\n\ndecision := {"allow": true, "reasons": ["version %d"]}\n'


def constitution(version: int, rego: str = "", **data: object) -> dict[str, bytes]:
    """A sealed bundle: the shipped policies, or others, with some data changed."""
    content = development.shipped()
    content["data.json"] = json.dumps({**json.loads(content["data.json"]), **data}).encode()
    if rego:
        content["constitution.rego"] = rego.encode()
    return bundle.seal(content, version, bundle.private_key(_SECRET))


class Running:
    def __init__(self, folder: Path, redis_url: str) -> None:
        self.path = folder / "constitution.tar"
        self.signals = Signals(policy_engine)
        self.database = open_engine(f"sqlite:///{folder / 'policy.db'}")
        self.store = Store(self.database)
        self.in_force = InForce(self.signals.telemetry, self.path, bundle.public_key(_PUBLIC), self.store)
        redis = Redis.from_url(redis_url, socket_timeout=1, socket_connect_timeout=1)
        self.app = create_app(
            self.signals.telemetry,
            Settings(poll=0.02),
            self.signals.guard,
            store=self.store,
            in_force=self.in_force,
            cache=Cache(redis, ttl=60),
        )
        self.client = TestClient(self.app)

    def ask(
        self, action: str = "workflow.start", role: str = "developer", **question: object
    ) -> httpx.Response:
        body = {"action": action, "subject": "ada", "resource": "x", **question}
        return self.client.post("/v1/evaluate", json=body, headers=self.signals.issuer.headers(role))

    def decide(self, action: str = "workflow.start", **question: object) -> tuple[bool, str]:
        answer = self.ask(action, **question)
        assert answer.status_code == 200, answer.text
        return answer.json()["allow"], ", ".join(answer.json()["reasons"])

    def get(self, path: str, role: str = "developer", **params: str | int) -> httpx.Response:
        return self.client.get(path, params=params, headers=self.signals.issuer.headers(role))

    def version(self) -> float | None:
        return self.signals.value("policy_constitution_version")

    def loads(self, outcome: str) -> float | None:
        return self.signals.value("policy_bundle_loads_total", outcome=outcome)

    def decided(self, decision: str, cached: str) -> float | None:
        return self.signals.value("policy_decisions_total", decision=decision, cached=cached)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


Start = Callable[[dict[str, bytes]], Running]


@pytest.fixture
def start(tmp_path: Path, redis: RedisServer) -> Iterator[Start]:
    begun: list[Running] = []

    def begin(content: dict[str, bytes]) -> Running:
        if content:
            bundle.write(content, tmp_path / "constitution.tar")
        running = Running(tmp_path, redis.url)
        running.client.__enter__()
        begun.append(running)
        return running

    yield begin
    for running in begun:
        running.client.__exit__(None, None, None)
        running.database.dispose()


def test_the_shipped_constitution_denies_by_default_and_says_why(start: Start) -> None:
    engine = start(
        constitution(1, suspended_tenants=["evil"], tenant_tools={"acme": ["http.fetch", "object.delete"]})
    )
    assert engine.decide() == (True, "workflow.start is permitted")
    assert engine.decide("coffee.make") == (False, "nothing permits coffee.make")
    assert engine.decide("audit.delete") == (False, "audit.delete is forbidden to everyone")
    assert engine.decide("tool.invoke", resource="http.fetch")[0]
    assert engine.decide("tool.invoke", resource="slack.message") == (
        False,
        "tool slack.message is not on the list of tenant acme",
    )
    run = {"goal": "tidy up", "tools": ["http.fetch", "object.delete", "rm"]}
    assert engine.decide("agent.run", context=run) == (
        False,
        "tool object.delete needs an approval, tool rm is not on the list of tenant acme",
    )
    assert engine.decide("agent.run", context={"tools": ["http.fetch"]}) == (True, "agent.run is permitted")
    assert engine.decide("service.scale", context={"roles": ["developer"]})[0] is False
    assert engine.decide("service.scale", context={"roles": ["sre-operator"]})[0] is True
    assert engine.ask(role="platform-admin", tenant="evil").json()["reasons"] == ["tenant evil is suspended"]


def test_a_dangerous_tool_needs_the_approval_of_someone_else(start: Start) -> None:
    engine = start(constitution(1))
    for context, allowed in [({}, False), ({"approved_by": "ada"}, False), ({"approved_by": "bob"}, True)]:
        assert engine.decide("tool.invoke", resource="object.delete", context=context)[0] is allowed


@pytest.mark.parametrize(
    ("rego", "reason"),
    [
        ('decision := {"allow": true, "reasons": []} if input.action == "other"', "leave it undefined"),
        ('decision := {"allow": to_number(input.context.n) > 1, "reasons": []}', "the policies failed"),
        (
            'decision := {"allow": true, "reasons": []}\ndecision := 1 if input.subject == "ada"',
            "the policies failed",
        ),
        (
            'decision := {"allow": "yes", "reasons": []} if input.subject == "ada"',
            "expected {allow, reasons}",
        ),
    ],
)
def test_policies_that_fail_or_leave_it_undefined_deny(start: Start, rego: str, reason: str) -> None:
    engine = start(constitution(1, f"package constitution\n{rego}\n"))
    for _ in range(2):  # a failure is not cached
        allow, said = engine.decide(context={"n": "many"})
        assert not allow
        assert reason in said
    assert engine.decided("failed", "miss") == 2
    assert len(engine.signals.events("policy.failed")) == 2


def test_a_rule_that_forbids_does_not_vanish_when_a_function_in_it_fails(start: Start) -> None:
    rego = (
        'package constitution\ndecision := {"allow": count(forbidden) == 0, "reasons": forbidden}\n'
        'forbidden contains "too much" if to_number(input.context.amount) > 100\n'
    )
    engine = start(constitution(1, rego))
    assert engine.decide(context={"amount": "99"}) == (True, "")
    assert engine.decide(context={"amount": "101"}) == (False, "too much")
    assert engine.decide(context={"amount": "a lot"})[0] is False


def test_numbers_and_text_arrive_at_the_policies_as_they_were_sent(start: Start) -> None:
    rego = (
        'package constitution\ndecision := {"allow": same, "reasons": [input.context.text]}\n'
        "default same := false\n"
        'same if { input.context.text == "é\\n\\"x\\\\"\n input.context.n == 9007199254740991\n'
        " input.context.f > 0 }\n"
    )
    engine = start(constitution(1, rego))
    context = {"text": 'é\n"x\\', "n": 2**53 - 1, "f": 1e-9}
    assert engine.decide(context=context) == (True, 'é\n"x\\')
    for wrong in ({"n": 10**40}, {"n": 2**53}, {"text": "a\0b"}, {"a": {"b\0": 1}}):
        assert engine.ask(context=wrong).status_code == 422
    assert engine.ask("workflow.start\0").status_code == 422
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    assert engine.ask(context={"deep": deep}).status_code == 422
    assert engine.ask(context={"long": "x" * 70_000}).status_code == 422


def test_without_any_constitution_everything_is_denied(start: Start) -> None:
    engine = start({})
    assert engine.decide() == (False, "denied: no constitution is in force")
    assert engine.get("/v1/constitution").status_code == 503
    assert (engine.version(), engine.loads("missing")) == (0, 1)
    bundle.write(constitution(1), engine.path)
    wait_for(lambda: engine.version() == 1)
    assert engine.decide()[0]


def test_a_newer_bundle_is_loaded_while_running_and_its_decisions_are_new(start: Start) -> None:
    engine = start(constitution(1))
    assert engine.decide("coffee.make")[0] is False
    sealed = constitution(2, actions={"coffee.make": ["*"]})
    bundle.write(sealed, engine.path)
    wait_for(lambda: engine.version() == 2)
    assert engine.decide("coffee.make")[0] is True
    found = engine.get("/v1/constitution").json()
    assert found["version"] == 2
    assert found["files"] == json.loads(sealed["manifest.json"])["files"]


def _unsigned() -> dict[str, bytes]:
    return {name: data for name, data in constitution(2).items() if name != "manifest.sig"}


def _other_key() -> dict[str, bytes]:
    return bundle.seal(development.shipped(), 2, bundle.private_key(bundle.generate()[0]))


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (_unsigned(), "unsigned"),
        (constitution(2) | {"data.json": b"{}"}, "tampered"),
        (constitution(2) | {"more.rego": b"package constitution\n"}, "tampered"),
        (constitution(2) | {"manifest.json": constitution(3)["manifest.json"]}, "tampered"),
        (_other_key(), "tampered"),
        (constitution(1, suspended_tenants=["acme"]), "stale"),
        (constitution(2, "package constitution\ndecision := {"), "invalid"),
        (constitution(2, "package constitution\ndecision := nosuch(1)"), "invalid"),
        ({"constitution.rego": b""}, "invalid"),
    ],
)
def test_a_bundle_that_is_not_right_is_refused_and_the_last_good_one_stays(
    start: Start, content: dict[str, bytes], outcome: str
) -> None:
    engine = start(constitution(1))
    bundle.write(content, engine.path)
    wait_for(lambda: engine.loads(outcome) == 1)
    wait_for(lambda: (engine.signals.value("policy_bundle_age_seconds") or 0) > 0.2)
    assert engine.loads(outcome) == 1  # told once
    assert engine.signals.events("policy.bundle.refused")[0]["outcome"] == outcome
    assert engine.get("/v1/constitution").json()["version"] == 1
    assert engine.decide()[0] is True


def test_a_bundle_older_than_one_that_was_accepted_stays_out_after_a_restart(start: Start) -> None:
    assert start(constitution(5, _ALWAYS % 5)).decide() == (True, "version 5")
    again = start(constitution(4, _ALWAYS % 4))
    assert again.loads("stale") == 1
    assert again.decide() == (True, "version 5")


def test_a_bundle_can_be_a_folder(tmp_path: Path) -> None:
    bundle.write(constitution(3), tmp_path / "folder")
    (tmp_path / "folder/..data").mkdir()  # as a mounted ConfigMap has it
    found = bundle.unseal(bundle.read(tmp_path / "folder"), bundle.public_key(_PUBLIC))
    assert found.version == 3
    assert set(found.files) == {"constitution.rego", "data.json"}


def test_decisions_are_cached_until_constitution_or_question_changes(start: Start) -> None:
    engine = start(constitution(1, _ALWAYS % 1))
    for _ in range(3):
        engine.decide(context={"a": 1, "b": 2})
    engine.decide(context={"b": 2, "a": 1})  # the same question
    engine.decide(context={"a": 2, "b": 2})
    assert (engine.decided("allow", "miss"), engine.decided("allow", "hit")) == (2, 3)
    ids = [r["decision_id"] for r in engine.get("/v1/decisions").json()]
    assert len(set(ids)) == 5  # a cached decision is a decision of its own


def test_without_redis_decisions_go_on_and_the_engine_is_unready(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    bundle.write(constitution(1), tmp_path / "constitution.tar")
    with redis_server(tmp_path_factory.mktemp("own")) as own:
        engine = Running(tmp_path, own.url)
        with engine.client:
            assert engine.client.get("/ready").status_code == 200
            engine.decide()
            own.stop()
            assert [engine.decide()[0] for _ in range(3)] == [True] * 3
            assert engine.decided("allow", "hit") == 0
            assert engine.decided("allow", "bypass") == 3
            assert engine.client.get("/ready").status_code == 503
            assert engine.signals.value("degraded") == 1
            own.start()
            wait_for(lambda: engine.decide()[0] and engine.decided("allow", "hit"))
            assert engine.client.get("/ready").status_code == 200


def test_every_decision_is_in_the_log_of_its_tenant_and_can_not_be_changed(start: Start) -> None:
    engine = start(constitution(1))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda k: engine.decide(context={"k": k}), range(40)))
    engine.ask(role="platform-admin", tenant="other")
    own = engine.get("/v1/decisions", limit=200).json()
    assert sorted(r["context"]["k"] for r in own) == list(range(40))
    assert {(r["tenant"], r["asked_by"], r["constitution"]) for r in own} == {("acme", "a developer", "1")}
    page = engine.get("/v1/decisions", limit=5, before=own[4]["number"]).json()
    assert page == own[5:10]
    everyone = engine.get("/v1/decisions", "platform-admin", limit=1).json()
    assert everyone[0]["tenant"] == "other"
    one = f"/v1/decisions/{everyone[0]['decision_id']}"
    assert engine.get(one, "platform-admin").json() == everyone[0]
    assert engine.get(one).status_code == 404
    assert engine.get("/v1/decisions", tenant="other").status_code == 403
    for statement in ("UPDATE policy_decisions SET allow = 1", "DELETE FROM policy_decisions"):
        with engine.database.begin() as connection, pytest.raises(DatabaseError, match="only grows"):
            connection.exec_driver_sql(statement)


def test_a_decision_that_can_not_be_logged_is_not_given(start: Start) -> None:
    engine = start(constitution(1))
    with engine.database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE policy_decisions")
    assert engine.ask().status_code == 503


def test_only_services_and_admins_ask_for_another_tenant(start: Start) -> None:
    engine = start(constitution(1))
    assert engine.ask(tenant="acme").status_code == 200
    assert engine.ask(tenant="other").status_code == 403
    headers = engine.signals.issuer.headers("service", scope="read@soma-agent-hub", tenant="platform")
    body = {"action": "a", "subject": "s", "resource": "r", "tenant": "other"}
    assert engine.client.post("/v1/evaluate", json=body, headers=headers).status_code == 200
    assert engine.store.decisions("other", None, 5)[0].asked_by == "a service"
    for path in ("/v1/decisions", "/v1/decisions/x", "/v1/constitution"):
        assert engine.client.get(path).status_code == 401


def test_without_a_key_a_constitution_is_refused_outside_development() -> None:
    with pytest.raises(ValueError, match="expected a signed bundle in environment production"):
        Settings(environment="production")
    with pytest.raises(ValueError, match="expected both"):
        Settings(constitution=Path("x"))


def test_the_development_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    folder, key = development.prepare(tmp_path)
    first = key.read_bytes()
    assert development.prepare(tmp_path) == (folder, key)
    assert key.read_bytes() == first
    assert (tmp_path / "development-key.pem").stat().st_mode & 0o77 == 0
    assert bundle.unseal(bundle.read(folder), bundle.public_key(first)).version == development.VERSION


def test_the_command_makes_keys_and_bundles_and_finds_what_was_changed(tmp_path: Path) -> None:
    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "somahub.services.policy_engine.bundle", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    (tmp_path / "own").mkdir()
    for name, data in development.shipped().items():
        (tmp_path / "own" / name).write_bytes(data)
    assert run("keygen", "--private", "k.pem", "--public", "k.pub").returncode == 0
    assert run("keygen", "--private", "k.pem", "--public", "k.pub").returncode != 0  # never overwritten
    built = run("build", "own", "--version", 7, "--key", "k.pem", "--out", "c.tar")
    assert (built.returncode, built.stdout.split(",")[0]) == (0, "version 7")
    assert run("verify", "c.tar", "--key", "k.pub").stdout == built.stdout
    content = bundle.read(tmp_path / "c.tar")
    bundle.write(content | {"data.json": b"{}"}, tmp_path / "c.tar")
    changed = run("verify", "c.tar", "--key", "k.pub")
    assert (changed.returncode, changed.stderr) == (
        1,
        "error: data.json: its SHA-256 is not the manifest's\n",
    )


def test_no_request_makes_the_engine_fail(tmp_path: Path, redis: RedisServer) -> None:
    bundle.write(constitution(1), tmp_path / "constitution.tar")
    engine = Running(tmp_path, redis.url)
    with served(engine.app) as url:
        assert fuzz(url, engine.signals.issuer.headers("platform-admin")) == 6
    assert engine.decided("deny", "miss")  # questions got through
    engine.database.dispose()
