import base64
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from identityservice import PASSWORD, SECRET, Running, bearer, emptied
from joserfc import jwt
from joserfc.jwk import ECKey
from redisserver import RedisServer, redis_server

_WRONG = "wrong horse battery"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def running(tmp_path: Path, redis: RedisServer) -> Iterator[Running]:
    emptied(redis.url)
    with Running(tmp_path, redis.url) as made:
        yield made


def error(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def test_a_token_says_who_it_speaks_for_and_what_its_roles_grant(running: Running) -> None:
    answer = running.token(username="sam", password=PASSWORD)
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
    (key,) = running.client.get("/.well-known/jwks.json").json()["keys"]
    token = jwt.decode(body["access_token"], ECKey.import_key(key), algorithms=["ES256"])
    assert token.header == {"alg": "ES256", "kid": key["kid"], "typ": "at+jwt"}
    assert "d" not in key
    said = {name: token.claims[name] for name in ("sub", "tenant", "roles", "scope")}
    assert said == {
        "sub": "sam",
        "tenant": "acme",
        "roles": ["sre-operator"],
        "scope": "read@soma-agent-hub restart@soma-agent-hub scale@soma-agent-hub",
    }
    assert token.claims["exp"] - token.claims["iat"] == 600


def test_a_program_proves_itself_by_form_or_by_basic_and_gets_no_refresh_token(running: Running) -> None:
    form = running.token("client_credentials", client_id="gateway", client_secret=SECRET)
    basic = running.client.post(
        "/v1/token", data={"grant_type": "client_credentials"}, auth=("gateway", SECRET)
    )
    for answer in (form, basic):
        assert answer.status_code == 200
        assert answer.json()["refresh_token"] is None
        assert (
            running.client.get("/v1/roles", headers=bearer(answer.json()["access_token"])).status_code == 200
        )


def test_a_token_may_be_narrower_than_its_roles_and_never_wider(running: Running) -> None:
    narrow = running.token(username="dev", password=PASSWORD, scope="read@development").json()
    assert running.active(narrow["access_token"])
    claims = running.client.post(
        "/v1/token/introspect",
        data={"token": narrow["access_token"]},
        headers=bearer(narrow["access_token"]),
    ).json()
    assert claims["scope"] == "read@development"
    again = running.token("refresh_token", refresh_token=narrow["refresh_token"], scope="deploy@development")
    assert error(again) == (400, "invalid_scope")
    assert running.token("refresh_token", refresh_token=narrow["refresh_token"]).status_code == 200
    wide = running.token(username="dev", password=PASSWORD, scope="read@cluster")
    assert error(wide) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "implicit"}, 400, "unsupported_grant_type"),
        ({"grant_type": "password", "username": "ada"}, 400, "invalid_request"),
        ({"grant_type": "password", "username": "ada", "password": _WRONG}, 400, "invalid_grant"),
        ({"grant_type": "password", "username": "nobody", "password": PASSWORD}, 400, "invalid_grant"),
        ({"grant_type": "password", "username": "a\0b", "password": "\0"}, 400, "invalid_grant"),
        ({"grant_type": "password", "username": "gateway", "password": SECRET}, 400, "invalid_grant"),
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
        (
            {"grant_type": "client_credentials", "client_id": "gateway", "client_secret": _WRONG},
            401,
            "invalid_client",
        ),
        (
            {"grant_type": "client_credentials", "client_id": "ada", "client_secret": PASSWORD},
            401,
            "invalid_client",
        ),
        ({"grant_type": "refresh_token"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "no such"}, 400, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "é" * 32 + ".x"}, 400, "invalid_grant"),
    ],
)
def test_what_gets_no_token_gets_the_error_of_the_rfc(
    running: Running, fields: dict[str, str], status: int, code: str
) -> None:
    answer = running.client.post("/v1/token", data=fields)
    assert error(answer) == (status, code)
    assert ("www-authenticate" in answer.headers) == (status == 401)


def test_a_request_that_is_no_form_is_invalid(running: Running) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    twice = "grant_type=password&grant_type=password&username=ada&password=x"
    broken = {**form, "authorization": "Basic !"}
    without_colon = {**form, "authorization": f"Basic {base64.b64encode(b'gateway').decode()}"}
    for answer, expected in (
        (running.client.post("/v1/token", json={"grant_type": "password"}), (400, "invalid_request")),
        (running.client.post("/v1/token", content=twice, headers=form), (400, "invalid_request")),
        (running.client.post("/v1/token", content=b"\xff", headers=form), (400, "invalid_request")),
        (
            running.client.post("/v1/token", content="a=" + "b" * 20_000, headers=form),
            (400, "invalid_request"),
        ),
        (
            running.client.post("/v1/token", content="grant_type=client_credentials", headers=broken),
            (401, "invalid_client"),
        ),
        (
            running.client.post("/v1/token", content="grant_type=client_credentials", headers=without_colon),
            (400, "invalid_request"),
        ),
    ):
        assert error(answer) == expected


def test_a_refresh_token_is_good_once_and_its_second_use_ends_the_sign_in(running: Running) -> None:
    first = running.sign_in("dev")
    second = running.token("refresh_token", refresh_token=first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert running.active(first["access_token"])
    assert running.active(second["access_token"])
    stolen = running.token("refresh_token", refresh_token=first["refresh_token"])
    assert error(stolen) == (400, "invalid_grant")
    assert not running.active(first["access_token"])
    assert not running.active(second["access_token"])
    assert error(running.token("refresh_token", refresh_token=second["refresh_token"])) == (
        400,
        "invalid_grant",
    )
    assert running.signals.value("identity_audit_entries_total", action="token.reuse", outcome="failure") == 1


def test_of_two_uses_at_the_same_time_at_most_one_gets_a_token(running: Running) -> None:
    token = running.sign_in("dev")["refresh_token"]
    answers: list[int] = []
    start = threading.Barrier(4)

    def use() -> None:
        start.wait()
        answers.append(running.token("refresh_token", refresh_token=token).status_code)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(200) <= 1
    assert set(answers) <= {200, 400}


def test_a_sign_in_ends_when_it_is_old(running: Running) -> None:
    token = running.sign_in("dev")["refresh_token"]
    for _ in range(2):
        running.clock.ahead += 3 * 86400
        token = running.token("refresh_token", refresh_token=token).json()["refresh_token"]
    running.clock.ahead += 2 * 86400
    assert error(running.token("refresh_token", refresh_token=token)) == (400, "invalid_grant")


def test_a_revoked_token_is_refused_at_once_and_listed_until_it_would_have_expired(running: Running) -> None:
    signed_in = running.sign_in("sam")
    token = signed_in["access_token"]
    assert running.client.get("/v1/roles", headers=bearer(token)).status_code == 200
    assert running.client.post("/v1/token/revoke", data={"token": token}).status_code == 200
    refused = running.client.get("/v1/roles", headers=bearer(token))
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert len(running.client.get("/v1/revocations").json()["token_ids"]) == 1
    assert running.active(signed_in["refresh_token"])
    running.clock.ahead += 601
    running.client.portal.call(running.identity.refresh)  # type: ignore[union-attr] # it is started
    assert running.client.get("/v1/revocations").json() == {"token_ids": []}


def test_revoking_a_refresh_token_ends_its_sign_in_and_nonsense_is_no_error(running: Running) -> None:
    signed_in = running.sign_in("dev")
    other = running.sign_in("dev")
    for token in (signed_in["refresh_token"], "nonsense", "a.b.c"):
        assert running.client.post("/v1/token/revoke", data={"token": token}).status_code == 200
    assert not running.active(signed_in["access_token"])
    assert not running.active(signed_in["refresh_token"])
    assert running.active(other["access_token"])
    assert error(running.client.post("/v1/token/revoke", data={})) == (400, "invalid_request")


def test_introspection_is_for_programs_and_readers(running: Running) -> None:
    token = running.sign_in("dev")["access_token"]
    ask = {"token": token}
    url = "/v1/token/introspect"
    assert error(running.client.post(url, data=ask)) == (401, "invalid_client")
    assert error(running.client.post(url, data=ask, auth=("gateway", _WRONG))) == (401, "invalid_client")
    assert running.client.post(url, data=ask, headers=bearer("nonsense")).status_code == 401
    told = running.client.post(url, data=ask, headers=running.headers("sam")).json()
    assert (told["active"], told["sub"], told["tenant"]) == (True, "dev", "acme")
    assert set(told["scope"].split()) == {"read@development", "deploy@development"}
    running.clock.ahead += 601
    assert not running.active(token)


def test_after_five_failures_an_account_waits_longer_each_time(running: Running) -> None:
    def status(name: str, password: str = _WRONG) -> int:
        return running.token(username=name, password=password).status_code

    # An unknown name is treated as a known one, so waiting tells nothing.
    for name in ("dev", "nobody"):
        assert [status(name) for _ in range(5)] == [400] * 5
        answer = running.token(username=name, password=PASSWORD)
        assert error(answer) == (429, "slow_down")
        assert 10 <= int(answer.headers["retry-after"]) <= 15
    running.clock.ahead += 16
    assert status("dev") == 400
    assert 25 <= int(running.token(username="dev", password=PASSWORD).headers["retry-after"]) <= 30
    assert running.sign_in("sam")
    running.clock.ahead += 31
    assert status("dev", PASSWORD) == 200
    assert status("dev") == 400
    assert status("dev", PASSWORD) == 200
    assert running.signals.value("identity_tokens_issued_total", grant="password", outcome="locked") == 3
    assert (
        running.signals.value("identity_audit_entries_total", action="account.lock", outcome="success") == 3
    )
    assert "nobody" not in running.signals.log.getvalue()
