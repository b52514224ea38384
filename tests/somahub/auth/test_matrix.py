"""Every route of every service, as each role and with each kind of token that is not good.

Services run as processes without anything that they need: who is turned away must not depend on that.
"""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from identityservice import SECRET, Running
from joserfc.jwk import ECKey
from live import process, served
from redisserver import redis_server
from service import ROLES, Issuer, identity_of, said

# What each operation needs; "" is open to all, "own" is for administrators and the account itself. A route that is not here fails the test.
GATEWAY = {
    "POST /v1/sessions": "deploy",
    "GET /v1/sessions": "read",
    "GET /v1/sessions/{session_id}": "read",
    "DELETE /v1/sessions/{session_id}": "deploy",
    "GET /v1/wizards": "read",
    "GET /v1/wizards/{name}": "read",
    "POST /v1/sessions/{session_id}/wizard": "deploy",
    "GET /v1/sessions/{session_id}/wizard": "read",
    "PUT /v1/sessions/{session_id}/wizard/answers/{step}": "deploy",
    "POST /v1/sessions/{session_id}/wizard/submit": "deploy",
    "POST /v1/workflows": "deploy",
    "GET /v1/workflows": "read",
    "GET /v1/workflows/{workflow_id}": "read",
    "GET /v1/workflows/{workflow_id}/events": "read",
    "POST /v1/workflows/{workflow_id}/signal": "restart",
    "POST /v1/workflows/{workflow_id}/cancel": "restart",
}
ORCHESTRATOR = {
    "POST /v1/workflows": "deploy",
    "GET /v1/workflows": "read",
    "GET /v1/workflows/{workflow_id}": "read",
    "POST /v1/workflows/{workflow_id}/signal": "restart",
    "POST /v1/workflows/{workflow_id}/cancel": "restart",
    "POST /v1/workflows/{workflow_id}/terminate": "admin",
}
IDENTITY = {
    "POST /v1/token": "",
    "POST /v1/token/revoke": "",
    "POST /v1/token/introspect": "client",
    "GET /.well-known/jwks.json": "",
    "GET /v1/revocations": "",
    "POST /v1/users": "admin",
    "GET /v1/users": "admin",
    "GET /v1/users/{account_id}": "own",
    "PUT /v1/users/{account_id}/roles": "admin",
    "POST /v1/users/{account_id}/disable": "admin",
    "PUT /v1/users/{account_id}/password": "own",
    "POST /v1/service-accounts": "admin",
    "GET /v1/service-accounts": "admin",
    "GET /v1/service-accounts/{account_id}": "own",
    "PUT /v1/service-accounts/{account_id}/roles": "admin",
    "POST /v1/service-accounts/{account_id}/disable": "admin",
    "POST /v1/service-accounts/{account_id}/secret": "admin",
    "GET /v1/roles": "read",
    "POST /v1/keys/rotate": "admin",
    "GET /v1/audit": "admin",
    "GET /v1/audit/verification": "admin",
}
POLICY_ENGINE = {
    "POST /v1/evaluate": "read",
    "GET /v1/decisions": "read",
    "GET /v1/decisions/{decision_id}": "read",
    "GET /v1/constitution": "read",
}
MEMORY_GATEWAY = {
    "POST /v1/memories": "deploy",
    "GET /v1/memories/{memory_id}": "read",
    "DELETE /v1/memories/{memory_id}": "deploy",
    "DELETE /v1/memories": "admin",
    "POST /v1/recall": "read",
    "POST /v1/context": "read",
}
TOOL_SERVICE = {
    "GET /v1/tools": "read",
    "GET /v1/tools/{name}": "read",
    "POST /v1/tools/{name}/invoke": "deploy",
}
SERVICES = {
    "gateway": GATEWAY,
    "orchestrator": ORCHESTRATOR,
    "policy_engine": POLICY_ENGINE,
    "memory_gateway": MEMORY_GATEWAY,
    "tool_service": TOOL_SERVICE,
}
# Roles, from the manual: what each may do in the scope "development", where the services run.
MAY = {
    "platform-admin": {"read", "deploy", "restart", "admin"},
    "sre-operator": {"read", "restart"},
    "developer": {"read", "deploy"},
    "stranger": set(),
}
OPERATIONS = {"GET /health", "GET /ready"}
NOWHERE = "127.0.0.1:1"
Token = Callable[..., str]


def bad_tokens(token: Token, revoked: str, key_id: str) -> dict[str, str]:
    """Tokens that are not good, each for one reason; all would be an administrator's."""
    stranger, impostor = Issuer(), Issuer()
    impostor.private = ECKey.import_key({**impostor.private.as_dict(private=True), "kid": key_id})
    good = token("platform-admin")
    head, body, signature = good.split(".")
    return {
        "expired": token("platform-admin", exp=int(time.time()) - 1),
        "wrong audience": token("platform-admin", aud="another"),
        "wrong issuer": token("platform-admin", iss="https://elsewhere"),
        "of another key": stranger.token(),
        "of another key with a known id": impostor.token(),
        "with another signature": f"{head}.{body}.{signature[::-1]}",
        "without a signature": f"{head}.{body}.",
        "revoked": revoked,
        "nonsense": "nonsense",
    }


def documented(client: httpx.Client) -> set[str]:
    paths: dict[str, dict[str, Any]] = client.get("/openapi.json").json()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods} - OPERATIONS


def ask(client: httpx.Client, operation: str, token: str | None) -> int:
    method, _, path = operation.partition(" ")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    # Nothing is there by this name, and nothing is done for want of a body.
    return client.request(method, re.sub(r"{\w+}", "none", path), headers=headers).status_code


def check(client: httpx.Client, table: dict[str, str], token: Token, bad: dict[str, str]) -> None:
    assert documented(client) == set(table)
    wrong = []
    for operation, needed in table.items():
        if needed in {"", "client", "own"}:
            continue
        for what, value in {"none": None, **bad}.items():
            if (status := ask(client, operation, value)) != 401:
                wrong.append(f"{operation} with a token that is {what}: {status}")
        for role, allowed in MAY.items():
            status = ask(client, operation, token(role))
            if (status == 403) != (needed not in allowed) or status == 401:
                wrong.append(f"{operation} as {role}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture(scope="module")
def identity_url(issuer: Issuer) -> Iterator[str]:
    with served(identity_of(issuer)) as url:
        yield url


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_turns_away_whom_it_must_and_no_one_else(
    service: str, issuer: Issuer, identity_url: str, tmp_path: Path
) -> None:
    settings = {
        "identity_url": identity_url,
        "redis_url": f"redis://{NOWHERE}/0",
        "temporal_address": NOWHERE,
        "orchestrator_url": f"http://{NOWHERE}",
        "subject_rate": 10_000,
        "subject_burst": 10_000,
        "worker": False,
    }
    revoked = issuer.token(jti=f"gone from {service}")
    issuer.taken_back.add(f"gone from {service}")
    with (
        process(f"somahub.services.{service}", service, tmp_path, **settings) as (url, _),
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        assert client.get("/ready").status_code == 503
        bad = bad_tokens(issuer.token, revoked, str(issuer.private.kid))
        check(client, SERVICES[service], issuer.token, bad)


def test_identity_turns_away_whom_it_must_and_no_one_else(tmp_path: Path) -> None:
    with redis_server(tmp_path) as redis, Running(tmp_path, redis.url) as running:
        ring, client = running.identity.ring, running.client

        def token(role: str, **claims: object) -> str:
            return ring.signed(said(role, **claims))[0]

        _, key_id = ring.signed(said("stranger"))
        revoked = token("platform-admin")
        auth = ("gateway", SECRET)
        assert client.post("/v1/token/revoke", data={"token": revoked}, auth=auth).status_code == 200
        check(client, IDENTITY, token, bad_tokens(token, revoked, key_id))
        assert client.post("/v1/token/introspect", data={"token": revoked}).status_code == 401
        for operation in (o for o, needed in IDENTITY.items() if needed == "own"):
            assert {ask(client, operation, value) for value in (None, "nonsense")} == {401}, operation
        others = client.get("/v1/users", headers=running.headers()).json()
        for name in ("sam", "dev"):
            seen = [
                client.get(f"/v1/users/{a['id']}", headers=running.headers(name)).status_code for a in others
            ]
            assert sorted(seen) == [200, *[404] * (len(others) - 1)]


def test_the_roles_are_the_manuals() -> None:
    for role, grants in ROLES.items():
        permissions = {grant.partition("@")[0] for grant in grants}
        expected = {"*"} if role == "platform-admin" else permissions & {"read", "deploy", "restart"}
        assert expected == (permissions - {"scale"}), role
