import asyncio
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fuzz import fuzz
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live import process, served, wait_for
from qdrant_client import QdrantClient
from redisserver import RedisServer, redis_server
from service import Issuer, Signals, identity_of

from somahub.faults import Fault, Schedule
from somahub.services.memory_gateway.app import create_app
from somahub.services.memory_gateway.context import assemble, tokens
from somahub.services.memory_gateway.embedding import HashingEmbedder
from somahub.services.memory_gateway.layout import Apart, Layout, Shared
from somahub.services.memory_gateway.models import Memory, Recalled
from somahub.services.memory_gateway.spec import memory_gateway
from somahub.services.memory_gateway.store import MemoryStore, memory_id
from somahub.serving.redis import SpareRedis

EMBEDDER = HashingEmbedder(128)


class Gateway:
    """The service over HTTP, its store on files and its Redis real."""

    def __init__(self, folder: Path, redis_url: str, faults: Schedule | None = None) -> None:
        self.signals = Signals(memory_gateway)
        self.store = MemoryStore.embedded(folder, EMBEDDER.size, faults)
        self.app = create_app(
            self.signals.telemetry, self.signals.guard, self.store, EMBEDDER, SpareRedis.at(redis_url)
        )
        self.client = httpx.Client()

    def call(
        self, method: str, path: str, body: object = None, role: str = "", **claims: object
    ) -> httpx.Response:
        headers = self.signals.issuer.headers(role or "platform-admin", **claims)
        return self.client.request(method, path, json=body, headers=headers, timeout=10)

    def remember(self, text: str, **more: object) -> str:
        answer = self.call("POST", "/v1/memories", {"text": text, **more})
        assert answer.status_code == 201
        return str(answer.json()["id"])

    def recall(self, query: str, **claims: object) -> list[str]:
        answer = self.call("POST", "/v1/recall", {"query": query}, **claims)
        assert answer.status_code == 200
        return [m["text"] for m in answer.json()["memories"]]


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def start(tmp_path: Path, redis: RedisServer) -> Iterator[Callable[..., Gateway]]:
    """Serves gateways until the test is over."""
    ends: list[Callable[[], object]] = []

    def begin(faults: Schedule | None = None, redis_url: str = redis.url) -> Gateway:
        gateway = Gateway(tmp_path / "memories", redis_url, faults)
        serving = served(gateway.app)
        gateway.client = httpx.Client(base_url=serving.__enter__())
        ends.extend([gateway.store.close, lambda: serving.__exit__(None, None, None), gateway.client.close])
        return gateway

    yield begin
    for end in reversed(ends):
        end()


@pytest.fixture
def gateway(start: Callable[..., Gateway]) -> Gateway:
    return start()


def test_a_memory_is_recalled_by_shared_words_and_inflections_best_first(gateway: Gateway) -> None:
    gateway.remember("The checkout deployment failed because a certificate had expired.")
    gateway.remember("Lunch is at noon on Fridays.")
    gateway.remember("Certificates are renewed by a job each night.")
    found = gateway.recall("expired certificate at checkout")
    assert found[0].startswith("The checkout deployment")
    assert found[1].startswith("Certificates are renewed")
    assert gateway.signals.value("memory_operations_total", operation="recall", outcome="success") == 1
    assert gateway.signals.value("memory_recall_results_count") == 1
    assert {"memory.embed", "memory.store", "memory.search"} <= set(gateway.signals.spans())


def test_the_same_key_replaces_and_another_tenants_is_another(gateway: Gateway) -> None:
    first = gateway.remember("old", key="k")
    assert gateway.remember("new", key="k") == first
    assert gateway.call("GET", f"/v1/memories/{first}").json()["text"] == "new"
    assert gateway.remember("theirs", key="k", tenant="other") != first
    assert gateway.remember("no key") != gateway.remember("no key")


def test_a_tenant_neither_sees_nor_deletes_anothers_memories(gateway: Gateway) -> None:
    mine = gateway.remember("the launch code is green")
    for method in ("GET", "DELETE"):
        assert gateway.call(method, f"/v1/memories/{mine}", tenant="rival").status_code == 404
    assert gateway.recall("launch code", tenant="rival") == []
    assert gateway.recall("launch code") == ["the launch code is green"]


def test_only_services_and_administrators_speak_for_another_tenant(gateway: Gateway) -> None:
    body = {"query": "x", "tenant": "other"}
    grants = {"scope": "read@development"}
    assert gateway.call("POST", "/v1/recall", body, "developer").status_code == 403
    assert gateway.call("POST", "/v1/recall", {**body, "tenant": "acme"}, "developer").status_code == 200
    for role in ("service", "platform-admin"):
        assert gateway.call("POST", "/v1/recall", body, role, **grants).status_code == 200
    assert gateway.signals.value("access_denied_total", reason="permission") == 1


def test_what_is_forgotten_or_erased_is_gone_from_the_files_too(gateway: Gateway, tmp_path: Path) -> None:
    one = gateway.remember("a secret of the first kind")
    gateway.remember("a secret of the second kind")
    gateway.remember("stays", tenant="other")
    assert gateway.call("DELETE", f"/v1/memories/{one}").status_code == 204
    assert gateway.call("GET", f"/v1/memories/{one}").status_code == 404
    assert gateway.call("DELETE", f"/v1/memories/{one}").status_code == 404
    gateway.recall("secret")
    assert gateway.call("DELETE", "/v1/memories", role="developer").status_code == 403
    assert gateway.call("DELETE", "/v1/memories").json() == {"erased": 1}
    assert gateway.recall("secret") == []
    assert gateway.call("GET", "/v1/memories/" + memory_id("acme", "x")).status_code == 404
    assert not [f for f in tmp_path.rglob("*") if f.is_file() and b"secret" in f.read_bytes()]
    assert gateway.signals.events("memory.erased")[0]["cache_cleared"] is True


def test_the_context_holds_the_best_that_fits_once_each(gateway: Gateway) -> None:
    gateway.remember("alpha beta gamma")
    gateway.remember("Alpha  beta gamma")
    gateway.remember("alpha beta gamma delta epsilon zeta eta theta")
    gateway.remember("alpha iota")
    body = {"query": "alpha beta gamma", "budget": 5}
    answer = gateway.call("POST", "/v1/context", body).json()
    assert answer["text"].split("\n\n")[1:] == ["alpha iota"]
    assert answer["text"].casefold().startswith("alpha")
    assert (answer["tokens"], len(answer["memory_ids"])) == (5, 2)


def test_a_repeated_query_is_embedded_once_and_without_redis_it_works_as_well(
    gateway: Gateway, redis: RedisServer
) -> None:
    gateway.remember("tea at five")
    cached = {o: gateway.signals.value("memory_cache_requests_total", outcome=o) for o in ("hit", "miss")}
    assert cached == {"hit": 0, "miss": 0}
    assert gateway.recall("tea") == gateway.recall("tea") == ["tea at five"]
    assert gateway.signals.value("memory_cache_requests_total", outcome="hit") == 1
    redis.stop()
    try:
        assert gateway.recall("tea") == ["tea at five"]
        assert gateway.signals.value("memory_cache_requests_total", outcome="unavailable") == 1
        ready = gateway.client.get("/ready")
        assert (ready.status_code, ready.json()["dependencies"]["qdrant"]) == (503, "up")
        assert gateway.signals.value("degraded") == 1
    finally:
        redis.start()
    assert gateway.client.get("/ready").status_code == 200


def test_a_qdrant_that_is_down_is_503_and_unreadiness_and_recovers(
    start: Callable[..., Gateway], tmp_path: Path
) -> None:
    injected = tmp_path / "faults"
    injected.write_text(f"{Fault('qdrant', 'down', time.time() - 1, 1000)}\n")
    gateway = start(Schedule(file=injected))
    assert gateway.call("POST", "/v1/memories", {"text": "x"}).status_code == 503
    assert gateway.client.get("/ready").json()["dependencies"]["qdrant"] != "up"
    assert gateway.client.get("/health").status_code == 200
    assert gateway.signals.value("memory_operations_total", operation="remember", outcome="unavailable") == 1
    injected.write_text("")
    wait_for(lambda: gateway.client.get("/ready").status_code == 200)
    assert gateway.remember("x")
    assert gateway.client.get("/ready").status_code == 200
    assert gateway.signals.value("memory_points") == 1


def test_a_qdrant_server_that_does_not_answer_is_unavailable(redis: RedisServer) -> None:
    store = MemoryStore.server("http://127.0.0.1:1", EMBEDDER.size)
    signals = Signals(memory_gateway)
    app = create_app(signals.telemetry, signals.guard, store, EMBEDDER, SpareRedis.at(redis.url))
    with served(app) as url:
        answer = httpx.post(f"{url}/v1/recall", json={"query": "x"}, headers=signals.issuer.headers())
        assert answer.status_code == 503
        assert httpx.get(f"{url}/ready").status_code == 503
    store.close()


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, redis: RedisServer) -> None:
    issuer = Issuer()
    with served(identity_of(issuer)) as identity:
        acknowledged: list[str] = []
        for _ in range(2):
            with _process(tmp_path, identity, redis.url, issuer) as client:
                for ident in acknowledged:
                    assert client.get(f"/v1/memories/{ident}").status_code == 200
                for k in range(20):
                    answer = client.post("/v1/memories", json={"text": f"number {k}"})
                    assert answer.status_code == 201
                    acknowledged.append(answer.json()["id"])


@contextmanager
def _process(folder: Path, identity: str, redis_url: str, issuer: Issuer) -> Iterator[httpx.Client]:
    """The service as a process of its own; leaving kills it with SIGKILL."""
    settings = {"folder": folder / "memories", "identity_url": identity, "redis_url": redis_url}
    with (
        process("somahub.services.memory_gateway", "memory_gateway", folder, **settings) as (url, _),
        httpx.Client(base_url=url, headers=issuer.headers(), timeout=10) as client,
    ):
        wait_for(lambda: client.post("/v1/recall", json={"query": "x"}).is_success)
        yield client


words = st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon"])
writes = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("12345"), words), max_size=12)


@pytest.mark.parametrize("layout", [Shared(indexed=False), Apart()], ids=["shared", "apart"])
@given(writes, st.sampled_from("abc"))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_search_ever_finds_another_tenants_memory(
    layout: Layout, written: list[tuple[str, str, str]], erased: str
) -> None:
    async def run() -> None:
        store = MemoryStore(QdrantClient(":memory:"), layout, EMBEDDER.size)
        expected: dict[str, dict[str, str]] = {"a": {}, "b": {}, "c": {}}
        for tenant, key, text in written:
            ident = memory_id(tenant, key)
            memory = Memory.model_validate(
                {"id": ident, "tenant": tenant, "text": text, "tags": {}, "created_at": 0}
            )
            await store.put(memory, EMBEDDER.embed(text))
            expected[tenant][ident] = text
        assert await store.erase(erased) == len(expected[erased])
        expected[erased] = {}
        for tenant, memories in expected.items():
            found = await store.search(tenant, EMBEDDER.embed("alpha beta"), 100, -1)
            assert {m.id: m.text for m in found} == memories
            others = {i for t, m in expected.items() if t != tenant for i in m}
            for ident in others:
                assert await store.get(tenant, ident) is None
                assert not await store.delete(tenant, ident)
        assert await store.count() == sum(map(len, expected.values()))
        store.close()

    asyncio.run(run())


@given(st.text(max_size=200))
def test_every_text_has_one_vector_of_length_one(text: str) -> None:
    vector = EMBEDDER.embed(text)
    assert len(vector) == EMBEDDER.size
    assert math.isclose(math.hypot(*vector), 1)
    assert HashingEmbedder(128).embed(text) == vector


@given(st.lists(st.tuples(st.floats(-1, 1), st.text("ab \n", max_size=12)), max_size=10), st.integers(1, 10))
def test_a_context_keeps_to_its_budget_and_order(scored: list[tuple[float, str]], budget: int) -> None:
    recalled = [
        Recalled.model_validate(
            {"id": str(k), "tenant": "t", "text": text, "tags": {}, "created_at": 0, "score": score}
        )
        for k, (score, text) in enumerate(scored)
    ]
    context = assemble(recalled, budget)
    assert tokens(context.text) == context.tokens <= budget
    scores = [recalled[int(i)].score for i in context.memory_ids]
    assert scores == sorted(scores, reverse=True)
    assert assemble(reversed(recalled), budget) == context


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "\\ud800"}',
        b'{"text": "x", "tags": {"a": "\\ud800"}}',
        b'{"text": "x", "tags": {"a": NaN}}',
        b'{"text": "x", "\\ud800": 1}',
        b'{"text": "x", "tags": {"a": ' + b"[" * 300 + b"]" * 300 + b"}}",
        b'{"text": "x", "tags": {"a": "' + b"y" * 65_536 + b'"}}',
    ],
)
def test_what_is_no_text_is_refused(gateway: Gateway, body: bytes) -> None:
    headers = gateway.signals.issuer.headers() | {"content-type": "application/json"}
    assert gateway.client.post("/v1/memories", content=body, headers=headers).status_code == 422


def test_no_request_by_the_schema_makes_the_service_fail(gateway: Gateway) -> None:
    assert fuzz(str(gateway.client.base_url), gateway.signals.issuer.headers()) >= 7
