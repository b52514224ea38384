import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from identityservice import PASSWORD, SECRET, Running, bearer, emptied
from redisserver import RedisServer, redis_server

_NEW = "another horse battery"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def running(tmp_path: Path, redis: RedisServer) -> Iterator[Running]:
    emptied(redis.url)
    with Running(tmp_path, redis.url) as made:
        yield made


def user(name: str = "eve", **more: object) -> dict[str, Any]:
    return {"name": name, "password": PASSWORD, "tenant": "acme", "roles": ["developer"], **more}


def test_an_administrator_creates_users_and_lists_them(running: Running) -> None:
    admin = running.headers()
    created = running.client.post("/v1/users", json=user(), headers=admin)
    assert created.status_code == 201
    account = created.json()
    assert account.keys() == {"id", "kind", "name", "tenant", "roles", "disabled", "created_at"}
    assert running.client.get(created.headers["location"], headers=admin).json() == account
    running.client.post("/v1/users", json=user("zoe", tenant="other"), headers=admin)
    listed = running.client.get("/v1/users", headers=admin).json()
    assert [found["name"] for found in listed] == ["ada", "dev", "eve", "sam", "zoe"]
    page = running.client.get("/v1/users", params={"after": "dev", "limit": 1}, headers=admin).json()
    assert [found["name"] for found in page] == ["eve"]
    other = running.client.get("/v1/users", params={"tenant": "other"}, headers=admin).json()
    assert [found["name"] for found in other] == ["zoe"]
    assert running.sign_in("eve")
    assert PASSWORD not in running.signals.log.getvalue()


def test_a_name_that_is_taken_and_a_role_that_is_none_are_refused(running: Running) -> None:
    admin = running.headers()
    for new in (user("gateway"), user(roles=["emperor"])):
        assert running.client.post("/v1/users", json=new, headers=admin).status_code == 409
    for new in (user("a b"), user("a\0b"), user(password="short"), user(disabled=True)):  # noqa: S106 - it is refused
        assert running.client.post("/v1/users", json=new, headers=admin).status_code == 422


def test_only_an_administrator_changes_accounts_and_everyone_reads_their_own(running: Running) -> None:
    dev, sam = running.account("dev"), running.account("sam")
    headers = running.headers("dev")
    assert running.client.get(f"/v1/users/{dev['id']}", headers=headers).json()["name"] == "dev"
    assert running.client.get(f"/v1/users/{sam['id']}", headers=headers).status_code == 404
    for method, path, body in (
        ("POST", "/v1/users", user()),
        ("GET", "/v1/users", None),
        ("PUT", f"/v1/users/{dev['id']}/roles", {"roles": ["platform-admin"]}),
        ("POST", f"/v1/users/{sam['id']}/disable", None),
        ("POST", "/v1/service-accounts", {"name": "bot", "tenant": "acme"}),
        ("POST", "/v1/keys/rotate", None),
        ("GET", "/v1/audit", None),
        ("GET", "/v1/audit/verification", None),
    ):
        assert running.client.request(method, path, json=body, headers=headers).status_code == 403, path
        assert running.client.request(method, path, json=body).status_code == 401, path


def test_a_disabled_account_is_out_at_once(running: Running) -> None:
    signed_in, account = running.sign_in("dev"), running.account("dev")
    answer = running.client.post(f"/v1/users/{account['id']}/disable", headers=running.headers())
    assert answer.json()["disabled"] is True
    assert running.client.get("/v1/roles", headers=bearer(signed_in["access_token"])).status_code == 401
    assert running.token(username="dev", password=PASSWORD).status_code == 400
    assert running.token("refresh_token", refresh_token=signed_in["refresh_token"]).status_code == 400
    assert running.signals.value("identity_tokens_revoked_total", reason="account") == 1


def test_other_roles_hold_from_the_next_refresh(running: Running) -> None:
    signed_in, account = running.sign_in("dev"), running.account("dev")
    change = {"roles": ["sre-operator"]}
    path = f"/v1/users/{account['id']}/roles"
    assert running.client.put(path, json=change, headers=running.headers()).json()["roles"] == [
        "sre-operator"
    ]
    assert not running.active(signed_in["access_token"])
    again = running.token("refresh_token", refresh_token=signed_in["refresh_token"]).json()
    told = running.identity.guard._verifier.principal(again["access_token"])  # noqa: SLF001 - what services see
    assert told.may("restart", "development")
    assert not told.may("deploy", "development")


def test_the_last_administrator_stays(running: Running) -> None:
    ada, admin = running.account("ada"), running.headers()
    path = f"/v1/users/{ada['id']}"
    assert running.client.post(f"{path}/disable", headers=admin).status_code == 409
    assert running.client.put(f"{path}/roles", json={"roles": []}, headers=admin).status_code == 409
    running.client.post("/v1/users", json=user(roles=["platform-admin"]), headers=admin)
    assert running.client.post(f"{path}/disable", headers=admin).status_code == 200


def test_a_new_password_needs_the_old_one_and_ends_all_sign_ins(running: Running) -> None:
    signed_in, account = running.sign_in("dev"), running.account("dev")
    headers = bearer(signed_in["access_token"])
    path = f"/v1/users/{account['id']}/password"
    for current in ("", "wrong horse battery"):
        change = {"current_password": current, "new_password": _NEW}
        assert running.client.put(path, json=change, headers=headers).status_code == 403
    change = {"current_password": PASSWORD, "new_password": _NEW}
    assert running.client.put(path, json=change, headers=headers).status_code == 204
    assert running.client.get("/v1/roles", headers=headers).status_code == 401
    assert running.token("refresh_token", refresh_token=signed_in["refresh_token"]).status_code == 400
    assert running.token(username="dev", password=PASSWORD).status_code == 400
    assert running.sign_in("dev", _NEW)
    # An administrator sets another's without the old one, and not their own.
    admin = running.headers()
    assert running.client.put(path, json={"new_password": PASSWORD}, headers=admin).status_code == 204
    assert running.sign_in("dev")
    own = f"/v1/users/{running.account('ada')['id']}/password"
    assert running.client.put(own, json={"new_password": _NEW}, headers=admin).status_code == 403


def test_a_service_accounts_secret_is_shown_once_and_can_be_replaced(running: Running) -> None:
    admin = running.headers()
    new = {"name": "bot", "tenant": "acme", "roles": ["service"]}
    created = running.client.post("/v1/service-accounts", json=new, headers=admin).json()
    bot = {"client_id": "bot", "client_secret": created["secret"]}
    assert running.token("client_credentials", **bot).status_code == 200
    path = f"/v1/service-accounts/{created['id']}"
    assert "secret" not in running.client.get(path, headers=admin).json()
    replaced = running.client.post(f"{path}/secret", headers=admin).json()
    assert running.token("client_credentials", **bot).status_code == 401
    assert (
        running.token("client_credentials", **(bot | {"client_secret": replaced["secret"]})).status_code
        == 200
    )
    assert running.client.post(f"{path}/disable", headers=admin).status_code == 200
    assert (
        running.token("client_credentials", **(bot | {"client_secret": replaced["secret"]})).status_code
        == 401
    )
    # A user's path is no way to a service account.
    assert running.client.get(f"/v1/users/{created['id']}", headers=admin).status_code == 404
    assert running.client.get(f"/v1/users/{uuid.uuid4()}", headers=admin).status_code == 404
    assert running.client.get("/v1/users/%00", headers=admin).status_code == 422


def test_a_secret_that_was_hashed_at_another_cost_is_hashed_anew(tmp_path: Path, redis: RedisServer) -> None:
    with Running(tmp_path, redis.url) as running:
        before = running.identity.accounts.credentials("dev")
        dearer = running.settings.model_copy(update={"argon2_time_cost": 2})
        running.identity.passwords.__init__(dearer, running.signals.telemetry)  # type: ignore[misc] # as if restarted
        assert running.sign_in("dev")
        after = running.identity.accounts.credentials("dev")
    assert before
    assert after
    assert ("t=1" in before.secret_hash, "t=2" in after.secret_hash) == (True, True)


def test_accounts_of_the_bootstrap_file_are_made_once(tmp_path: Path, redis: RedisServer) -> None:
    with Running(tmp_path, redis.url) as first:
        account = first.account("dev")
        change = {"roles": ["sre-operator"]}
        first.client.put(f"/v1/users/{account['id']}/roles", json=change, headers=first.headers())
    with Running(tmp_path, redis.url) as second:
        assert second.account("dev") == account | change
        assert (
            second.signals.value("identity_audit_entries_total", action="account.create", outcome="success")
            == 0
        )


def test_the_roles_are_the_manuals_and_one_of_ours(running: Running) -> None:
    found = running.client.get("/v1/roles", headers=running.headers("dev")).json()
    assert [(r["name"], r["permissions"], r["scope"]) for r in found] == [
        ("platform-admin", ["*"], "cluster"),
        ("sre-operator", ["read", "restart", "scale"], "soma-agent-hub"),
        ("developer", ["read", "deploy"], "development"),
        ("service", ["read", "deploy"], "soma-agent-hub"),
    ]


def test_what_was_done_is_in_the_audit_log_and_in_the_log_lines(running: Running) -> None:
    admin = running.headers()
    running.token(username="dev", password=SECRET)
    running.token(username="nobody", password=SECRET)
    running.client.post("/v1/users", json=user(), headers=admin)
    entries = running.client.get("/v1/audit", params={"limit": 1000}, headers=admin).json()
    said = [(e["actor"], e["action"], e["target"], e["outcome"]) for e in entries]
    assert said[:5] == [
        ("bootstrap", "account.create", "ada", "success"),
        ("bootstrap", "account.create", "sam", "success"),
        ("bootstrap", "account.create", "dev", "success"),
        ("bootstrap", "account.create", "gateway", "success"),
        (
            "identity",
            "key.create",
            running.client.get("/.well-known/jwks.json").json()["keys"][0]["kid"],
            "success",
        ),
    ]
    assert said[5][:2] == ("ada", "token.issue")
    assert said[6:] == [
        ("dev", "signin", "dev", "failure"),
        ("an unknown account", "signin", "an unknown account", "failure"),
        ("ada", "account.create", "eve", "success"),
    ]
    lines = running.signals.events("audit.written")
    assert [(line["sequence"], line["hash"]) for line in lines] == [
        (e["sequence"], e["hash"]) for e in entries
    ]
    page = running.client.get("/v1/audit", params={"after": 5, "limit": 2}, headers=admin).json()
    assert [e["sequence"] for e in page] == [6, 7]
    assert PASSWORD not in json.dumps(entries)
