import base64
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from fuzz import fuzz
from live import free_port, served, wait_for
from minio.credentials.providers import StaticProvider
from objectstore import ACCESS, SECRET, ObjectServer, object_server
from service import Signals
from sqlalchemy import text
from upstream import Answer, Upstream, upstream

from somahub.database import open_engine
from somahub.services.tool_service.app import create_app
from somahub.services.tool_service.ledger import Ledger
from somahub.services.tool_service.secrets import Secrets
from somahub.services.tool_service.settings import Settings
from somahub.services.tool_service.spec import TOOLS, tool_service
from somahub.services.tool_service.store import ObjectStore

TOKEN = "ghp-a-very-secret-token"  # noqa: S105 - of no one
_NOWHERE = "http://127.0.0.1:1"


class Running:
    def __init__(self, folder: Path, other: Upstream, s3: str, **settings: Any) -> None:  # noqa: ANN401
        (folder / "token").write_text(f"{TOKEN}\n")
        self.signals = Signals(tool_service)
        chosen: dict[str, Any] = {
            "allowed_hosts": "127.0.0.1 localhost public.example",
            "github_url": other.url,
            "github_token_file": folder / "token",
            "slack_url": f"{other.url}/api",
            "slack_token_file": folder / "token",
        }
        self.settings = Settings(**(chosen | settings))
        self.engine = open_engine(f"sqlite:///{folder / 'tools.db'}")
        self.app = create_app(
            self.signals.telemetry,
            self.settings,
            self.signals.guard,
            ledger=Ledger(self.engine, "0"),
            store=ObjectStore(s3, "tools", StaticProvider(ACCESS, SECRET), 5),
            secrets=Secrets(),
        )
        self.client = TestClient(self.app)
        self.count = 0

    def post(
        self, tool: str, use: str = "", role: str = "developer", timeout: float = 10, **arguments: object
    ) -> httpx.Response:
        self.count += 1
        body = {"arguments": arguments, "idempotency_key": use or f"key {self.count}", "timeout": timeout}
        headers = self.signals.issuer.headers(role)
        return self.client.post(f"/v1/tools/{tool}/invoke", json=body, headers=headers)

    def invoke(self, tool: str, use: str = "", timeout: float = 10, **arguments: object) -> dict[str, Any]:
        answer = self.post(tool, use, timeout=timeout, **arguments)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    def fetch(self, url: str, use: str = "", timeout: float = 10) -> dict[str, Any]:
        return self.invoke("http.fetch", use, timeout, url=url)

    def ended(self, tool: str, outcome: str) -> float | None:
        return self.signals.value("tool_invocations_total", tool=tool, outcome=outcome)

    def close(self) -> None:
        self.client.__exit__(None, None, None)
        self.engine.dispose()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    with object_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def other() -> Iterator[Upstream]:
    with upstream() as found:
        yield found


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path, other: Upstream) -> Iterator[Start]:
    begun: list[Running] = []

    def begin(s3: str = _NOWHERE, **settings: object) -> Running:
        begun.append(Running(tmp_path, other, s3, **settings))
        begun[-1].client.__enter__()
        return begun[-1]

    yield begin
    for running in begun:
        running.close()


def test_tools_are_listed_with_the_schema_of_their_arguments(start: Start) -> None:
    service = start()
    headers = service.signals.issuer.headers("sre-operator")
    found = service.client.get("/v1/tools", headers=headers).json()
    assert {t["name"] for t in found} == set(TOOLS)
    fetch = service.client.get("/v1/tools/http.fetch", headers=headers).json()
    assert fetch["arguments"]["required"] == ["url"]
    assert fetch["repeatable"] is True
    assert service.client.get("/v1/tools/rm", headers=headers).status_code == 404
    assert service.post("http.fetch", role="sre-operator", url="x").status_code == 403  # only reads
    wrong = service.post("http.fetch", url=1, more=2)
    assert wrong.status_code == 422
    assert {e["field"] for e in wrong.json()["errors"]} == {"body.arguments.url", "body.arguments.more"}


def test_a_tool_without_its_secret_is_not_there(start: Start) -> None:
    service = start(github_token_file=None, slack_token_file=None, allowed_hosts="")
    found = service.client.get("/v1/tools", headers=service.signals.issuer.headers()).json()
    assert [t["name"] for t in found] == ["object.delete", "object.get", "object.put"]


def test_a_page_is_fetched_as_text_or_base64(start: Start, other: Upstream) -> None:
    service = start()
    result = service.fetch(other.will("/page", Answer(body="grüß".encode(), headers={"content-type": "a/b"})))
    assert (result["outcome"], result["attempts"], result["output"]["body"]) == ("success", 1, "grüß")
    assert result["output"]["content_type"] == "a/b"
    binary = service.fetch(other.will("/data", Answer(body=b"\xff\x00")))
    assert base64.b64decode(binary["output"]["body_base64"]) == b"\xff\x00"


def test_only_transient_failures_are_repeated_and_each_repetition_is_counted(
    start: Start, other: Upstream
) -> None:
    service = start()
    url = other.will("/flaky", Answer(503), Answer(502), Answer(body=b"there"))
    result = service.fetch(url)
    assert (result["outcome"], result["attempts"], result["output"]["body"]) == ("success", 3, "there")
    assert service.signals.value("tool_retries_total", tool="http.fetch") == 2
    missing = service.fetch(other.will("/missing", Answer(404, b"no such page")))
    assert (missing["outcome"], missing["error"]) == ("rejected", "status 404: no such page")
    assert len(other.calls("/missing")) == 1
    cut = service.fetch(other.will("/cut", Answer(cut=True), Answer(body=b"whole")))
    assert (cut["outcome"], cut["attempts"]) == ("success", 2)


def test_retry_after_is_waited_for_and_not_beyond_the_timeout(start: Start, other: Upstream) -> None:
    service = start()
    url = other.will("/busy", Answer(429, headers={"retry-after": "1"}), Answer(body=b"now"))
    begun = time.monotonic()
    assert service.fetch(url)["outcome"] == "success"
    assert time.monotonic() - begun >= 1
    later = other.will("/later", Answer(503, headers={"retry-after": "60"}))
    begun = time.monotonic()
    assert service.fetch(later)["outcome"] == "failure"
    assert time.monotonic() - begun < 5
    assert len(other.calls("/later")) == 1


def test_a_slow_side_is_a_timeout_and_not_our_error(start: Start, other: Upstream) -> None:
    service = start()
    result = service.fetch(other.will("/slow", Answer(wait=5)), timeout=1.5)
    assert (result["outcome"], result["attempts"]) == ("timeout", 1)
    assert service.ended("http.fetch", "timeout") == 1
    assert (
        service.signals.value("http_server_requests_total", route="/v1/tools/{name}/invoke", code_class="5xx")
        == 0
    )
    count = service.signals.value("tool_invocation_duration_seconds_count", tool="http.fetch")
    assert count == service.signals.value("tool_invocation_overhead_seconds_count", tool="http.fetch") == 1
    assert service.signals.value("tool_invocation_overhead_seconds_bucket", tool="http.fetch", le="1.0") == 1


def test_a_circuit_opens_after_failures_and_lets_one_attempt_try_again(start: Start, other: Upstream) -> None:
    service = start(attempts=1, circuit_threshold=3, circuit_cool=0.5)
    url = other.will("/down", Answer(500))
    assert [service.fetch(url)["outcome"] for _ in range(5)] == ["failure"] * 3 + ["open"] * 2
    assert len(other.calls("/down")) == 3
    state = {"tool": "http.fetch", "state": "open"}
    assert service.signals.value("tool_circuit_state", **state) == 1
    # Another tool at the same host has a circuit of its own.
    assert service.invoke("http.post", url=other.will("/up", Answer()), content=1)["outcome"] == "success"
    other.will("/down", Answer(body=b"up", wait=0.5))
    time.sleep(0.5)
    with ThreadPoolExecutor(4) as pool:
        tried = list(pool.map(lambda _: service.fetch(url)["outcome"], range(4)))
    assert sorted(tried) == ["open", "open", "open", "success"]
    assert len(other.calls("/down")) == 4
    assert service.signals.value("tool_circuit_state", **state) == 0
    assert [e["state"] for e in service.signals.events("tool.circuit")] == ["open", "half_open", "closed"]
    assert service.fetch(url)["outcome"] == "success"


def test_the_same_key_has_one_effect_and_tells_the_first_result_again(start: Start, other: Upstream) -> None:
    service = start()
    url = other.will("/pay", Answer(body=b"paid"))
    first = service.invoke("http.post", "k", url=url, content={"amount": 1})
    again = service.invoke("http.post", "k", url=url, content={"amount": 1})
    assert again == first | {"replayed": True}
    assert [s.json for s in other.calls("/pay")] == [{"amount": 1}]
    assert other.calls("/pay")[0].headers["idempotency-key"] == '"k"'
    assert service.post("http.post", "k", url=url, content={"amount": 2}).status_code == 422
    assert service.signals.value("tool_replays_total", tool="http.post") == 1
    # Another tenant's key is another key.
    headers = service.signals.issuer.headers("developer", tenant="other")
    body = {"arguments": {"url": url, "content": {"amount": 2}}, "idempotency_key": "k"}
    theirs = service.client.post("/v1/tools/http.post/invoke", json=body, headers=headers)
    assert theirs.json()["replayed"] is False


def test_results_survive_a_restart(start: Start, other: Upstream) -> None:
    url = other.will("/pay", Answer(body=b"paid"))
    first = start().invoke("http.post", "k", url=url)
    assert start().invoke("http.post", "k", url=url) == first | {"replayed": True}
    assert len(other.calls("/pay")) == 1


def test_twins_at_the_same_time_have_one_effect(start: Start, other: Upstream) -> None:
    service = start()
    url = other.will("/pay", Answer(body=b"paid", wait=0.3))
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: service.invoke("http.post", "k", url=url), range(8)))
    assert len(other.calls("/pay")) == 1
    assert {r["output"]["body"] for r in results} == {"paid"}
    assert sorted(r["replayed"] for r in results) == [False] + [True] * 7


def test_a_twin_that_can_not_wait_any_longer_is_a_conflict(start: Start, other: Upstream) -> None:
    service = start()
    url = other.will("/pay", Answer(body=b"paid", wait=2))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(service.invoke, "http.post", "k", url=url)
        wait_for(lambda: other.calls("/pay"))
        assert service.post("http.post", "k", timeout=0.1, url=url).status_code == 409
        assert first.result()["outcome"] == "success"


def test_what_may_have_had_an_effect_is_not_repeated(start: Start, other: Upstream) -> None:
    service = start()
    for path, answer, outcome in [
        ("/cut", Answer(cut=True), "unknown"),
        ("/broken", Answer(502), "unknown"),
        ("/slow", Answer(wait=3), "timeout"),
    ]:
        url = other.will(path, answer)
        for _ in range(2):
            result = service.invoke("http.post", path, timeout=0.5, url=url)
            assert result["outcome"] == outcome
            assert "may have taken effect" in result["error"]
        assert len(other.calls(path)) == 1
    busy = service.invoke("http.post", url=other.will("/busy", Answer(503), Answer()))
    assert (busy["outcome"], busy["attempts"]) == ("success", 2)  # it was not processed


def test_a_key_whose_use_had_no_effect_is_free_again(start: Start, other: Upstream) -> None:
    service = start(attempts=1, circuit_threshold=1, circuit_cool=0.2)
    url = other.will("/pay", Answer(503), Answer(body=b"paid"))
    assert service.invoke("http.post", "k", url=url)["outcome"] == "failure"
    assert service.invoke("http.post", "k", url=url)["outcome"] == "open"
    wait_for(lambda: service.invoke("http.post", "k", url=url)["outcome"] == "success")
    assert len(other.calls("/pay")) == 2


def test_a_crash_in_the_middle_is_told_and_repeated_only_where_that_does_no_harm(
    start: Start, other: Upstream
) -> None:
    urls = {tool: other.will(f"/{tool}", Answer(body=b"x")) for tool in ("http.fetch", "http.post")}
    first = start()
    for tool, url in urls.items():
        first.invoke(tool, "k", url=url)
    with first.engine.begin() as connection:  # as a process leaves it that died while these were under way
        connection.execute(text("UPDATE tool_uses SET result = NULL"))
    again = start()
    assert again.signals.events("tool.abandoned")[0]["uses"] == 2
    for _ in range(2):
        told = again.invoke("http.post", "k", url=urls["http.post"])
        assert (told["outcome"], told["replayed"]) == ("unknown", True)
    assert len(other.calls("/http.post")) == 1
    assert again.invoke("http.fetch", "k", url=urls["http.fetch"])["outcome"] == "success"
    assert len(other.calls("/http.fetch")) == 2


def test_what_is_not_allowed_is_not_connected_to(start: Start) -> None:
    service = start()
    for url in (
        "http://169.254.169.254/latest/meta-data",
        "http://evil.example/",
        "http://127.0.0.2/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://user@127.0.0.1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "not a url",
        "http://127.0.0.1:99999/",
    ):
        assert service.fetch(url)["outcome"] == "rejected", url
        assert service.invoke("http.post", url=url)["outcome"] == "rejected", url


def test_a_listed_name_must_not_have_a_private_address_unless_that_is_said(
    start: Start, other: Upstream
) -> None:
    other.will("/", Answer(body=b"inside"))
    url = other.url.replace("127.0.0.1", "localhost") + "/"
    refused = start().fetch(url)
    assert (refused["outcome"], refused["error"]) == ("rejected", "host localhost has a private address")
    assert other.seen == []
    assert start(private_hosts="localhost").fetch(url, "2")["output"]["body"] == "inside"
    # Any host, but only public ones.
    assert start(allowed_hosts="*").fetch(other.url, "3")["outcome"] == "rejected"
    assert start(allowed_hosts=f"127.0.0.1:{free_port()}").fetch(other.url, "4")["outcome"] == "rejected"


def test_every_redirect_is_checked_too(start: Start, other: Upstream) -> None:
    service = start()
    with upstream() as target:
        end = target.will("/end", Answer(body=b"reached"))
        to = {"location": end}
        moved = service.fetch(other.will("/moved", Answer(302, headers=to)))
        assert (moved["output"]["body"], moved["output"]["url"]) == ("reached", end)
        inside = {"location": f"{target.url}/end".replace("127.0.0.1", "localhost")}
        away = service.fetch(other.will("/away", Answer(302, headers=inside)))
        assert away["outcome"] == "rejected"
        assert len(target.calls("/end")) == 1
        assert service.invoke("http.post", url=f"{other.url}/moved")["outcome"] == "rejected"
    around = other.will("/around", Answer(302, headers={"location": "/around"}))
    assert service.fetch(around)["outcome"] == "rejected"


def test_an_answer_is_read_up_to_a_limit(start: Start, other: Upstream) -> None:
    service = start(largest=1000)
    assert service.fetch(other.will("/fits", Answer(body=b"x" * 1000)))["outcome"] == "success"
    large = service.fetch(other.will("/large", Answer(body=b"x" * 1001)))
    assert (large["outcome"], large["error"]) == ("rejected", "the answer is longer than 1000 bytes")
    packed = Answer(body=b"x", headers={"content-encoding": "gzip"})
    assert service.fetch(other.will("/packed", packed))["outcome"] == "rejected"


def test_issues_are_opened_and_listed_at_github(start: Start, other: Upstream) -> None:
    service = start()
    issue = {"number": 7, "title": "Broken", "state": "open", "html_url": "https://x/7", "more": 1}
    other.will("/repos/soma/hub/issues", Answer(201, json.dumps(issue).encode()))
    made = service.invoke(
        "github.issue.create", owner="soma", repo="hub", title="Broken", body="Badly.", labels=["bug"]
    )
    assert made["output"] == {k: issue[k] for k in ("number", "title", "state", "html_url")}
    asked = other.seen[0]
    assert (asked.headers["authorization"], asked.json["labels"]) == (f"Bearer {TOKEN}", ["bug"])
    other.will("/repos/soma/hub/issues", Answer(200, json.dumps([issue]).encode()))
    listed = service.invoke("github.issues.list", owner="soma", repo="hub")
    assert [i["number"] for i in listed["output"]] == [7]
    assert service.post("github.issues.list", owner="..", repo="x/../..").status_code == 422


def test_messages_are_sent_to_slack_with_an_id_of_the_key(start: Start, other: Upstream) -> None:
    service = start()
    path = "/api/chat.postMessage"
    other.will(
        path,
        Answer(body=b'{"ok": false, "error": "ratelimited"}', headers={"retry-after": "0"}),
        Answer(body=b'{"ok": true, "channel": "C1", "ts": "1.2"}'),
        Answer(body=b'{"ok": false, "error": "channel_not_found"}'),
    )
    sent = service.invoke("slack.message", channel="C1", text="hello")
    assert (sent["outcome"], sent["output"]) == ("success", {"channel": "C1", "ts": "1.2"})
    first, second = (s.json for s in other.calls(path))
    assert first == second
    assert len(first["client_msg_id"]) == 36
    refused = service.invoke("slack.message", channel="C2", text="hello")
    assert (refused["outcome"], refused["error"]) == ("rejected", "channel_not_found")


def test_a_secret_is_never_shown_even_if_the_other_side_sends_it_back(start: Start, other: Upstream) -> None:
    service = start(attempts=2)
    issue = {"number": 1, "title": f"you sent {TOKEN}"}
    other.will("/repos/a/b/issues", Answer(200, json.dumps(issue).encode()))
    results = [service.invoke("github.issue.create", owner="a", repo="b", title="x")]
    other.will("/repos/a/b/issues", Answer(401, f"bad credentials: Bearer {TOKEN}".encode()))
    results += [service.invoke("github.issues.list", "again", owner="a", repo="b")]
    results += [service.invoke("github.issues.list", "again", owner="a", repo="b")]
    assert [r["outcome"] for r in results] == ["success", "rejected", "rejected"]
    with service.engine.connect() as connection:
        kept = str(connection.execute(text("SELECT result FROM tool_uses")).all())
    spans = str([dict(s.attributes or {}) for s in service.signals.exporter.get_finished_spans()])
    spans += str([e.attributes for s in service.signals.exporter.get_finished_spans() for e in s.events])
    everything = json.dumps(results) + kept + service.signals.log.getvalue() + spans
    assert "[hidden]" in everything
    assert TOKEN not in everything


def test_objects_are_stored_read_and_deleted_for_one_tenant(start: Start, store: ObjectServer) -> None:
    service = start(store.url)
    wait_for(lambda: service.client.get("/ready").status_code == 200)
    place = {"bucket": "notes", "key": "a/b.txt"}
    put = service.invoke("object.put", **place, content="grüß")
    assert (put["outcome"], put["output"]["size"]) == ("success", 6)
    assert service.invoke("object.get", **place)["output"]["content"] == "grüß"
    data = base64.b64encode(b"\xff\x00").decode()
    service.invoke("object.put", key="data", content=data, base64=True)
    assert service.invoke("object.get", key="data")["output"]["content"] == data
    body = {"arguments": place, "idempotency_key": "theirs"}
    headers = service.signals.issuer.headers("developer", tenant="acme/../other")
    theirs = service.client.post("/v1/tools/object.get/invoke", json=body, headers=headers).json()
    assert theirs["outcome"] == "rejected"
    assert service.invoke("object.delete", **place)["outcome"] == "success"
    assert service.invoke("object.delete", **place)["outcome"] == "success"
    gone = service.invoke("object.get", **place)
    assert (gone["outcome"], gone["error"][:9]) == ("rejected", "NoSuchKey")
    for key in ("../x", "a//b", "/x", "a/./b"):
        assert service.post("object.get", key=key).status_code == 422


def test_a_service_names_the_tenant_and_others_do_not(start: Start, store: ObjectServer) -> None:
    service = start(store.url)
    wait_for(lambda: service.client.get("/ready").status_code == 200)

    def put(tenant: str, headers: dict[str, str]) -> httpx.Response:
        body = {
            "arguments": {"key": "of a service", "content": "x"},
            "idempotency_key": tenant,
            "tenant": tenant,
        }
        return service.client.post("/v1/tools/object.put/invoke", json=body, headers=headers)

    issuer = service.signals.issuer
    account = issuer.headers("service", scope="read@cluster deploy@cluster", tenant="platform")
    assert put("acme", account).json()["outcome"] == "success"
    assert service.invoke("object.get", key="of a service")["output"]["content"] == "x"
    assert put("other", issuer.headers("developer")).status_code == 403


def test_without_the_store_the_service_is_unready_and_other_tools_go_on(
    start: Start, other: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with object_server(tmp_path_factory.mktemp("own")) as own:
        service = start(own.url, attempts=2)
        wait_for(lambda: service.client.get("/ready").status_code == 200)
        own.stop()
        assert service.client.get("/ready").status_code == 503
        assert service.signals.value("degraded") == 1
        assert service.invoke("object.get", key="x")["outcome"] == "failure"
        assert service.fetch(other.will("/page", Answer()))["outcome"] == "success"
        own.start()
        wait_for(lambda: service.client.get("/ready").status_code == 200)
        assert service.invoke("object.put", key="x", content="y")["outcome"] == "success"


def test_old_keys_are_forgotten_and_unfinished_ones_are_not(start: Start, other: Upstream) -> None:
    service = start()
    url = other.will("/page", Answer())
    service.fetch(url, "old")
    service.fetch(url, "lost")
    ledger = Ledger(service.engine, "0", clock=lambda: time.time() + 100)
    with service.engine.begin() as connection:
        connection.execute(text("UPDATE tool_uses SET result = NULL WHERE key = 'lost'"))
    assert ledger.forget(200) == 0
    assert ledger.forget(50) == 1
    with service.engine.connect() as connection:
        assert connection.execute(text("SELECT key FROM tool_uses")).scalars().all() == ["lost"]


def test_no_request_makes_the_service_fail(tmp_path: Path, other: Upstream, store: ObjectServer) -> None:
    service = Running(tmp_path, other, store.url, attempts=1)
    with served(service.app) as url:
        wait_for(lambda: httpx.get(f"{url}/ready").status_code == 200)
        assert fuzz(url, service.signals.issuer.headers("platform-admin")) == 5
    service.engine.dispose()
