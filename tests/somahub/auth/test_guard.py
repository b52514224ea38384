import time
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey
from service import Issuer, Signals

from slo import Service
from somahub.auth import Principal
from somahub.serving import Readiness, service_app


class Door:
    """A service of one route that needs a permission to deploy."""

    def __init__(self) -> None:
        self.signals = Signals(Service(name="door"))
        router = APIRouter()

        @router.get("/v1/who")
        async def who(caller: Annotated[Principal, Depends(self.signals.guard.needs("deploy"))]) -> str:
            return caller.subject

        telemetry = self.signals.telemetry
        self.client = TestClient(service_app(telemetry, [router], Readiness(telemetry, {})))

    def status(self, headers: dict[str, str] | None = None) -> int:
        return self.client.get("/v1/who", headers=headers).status_code

    def denied(self, reason: str) -> float | None:
        return self.signals.value("access_denied_total", reason=reason)


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.mark.parametrize(
    ("role", "status"),
    [("platform-admin", 200), ("developer", 200), ("sre-operator", 403), ("stranger", 403)],
)
def test_a_role_may_what_the_manual_says(door: Door, role: str, status: int) -> None:
    assert door.status(door.signals.issuer.headers(role)) == status
    assert door.denied("permission") == (1 if status == 403 else 0)


def test_a_grant_for_a_wider_scope_holds_and_one_for_a_narrower_does_not(door: Door) -> None:
    issuer = door.signals.issuer
    assert door.status(issuer.headers(scope="deploy@cluster")) == 200
    assert door.status(issuer.headers(scope="deploy@soma-agent-hub")) == 200
    assert door.status(issuer.headers(scope="deploy@production")) == 403
    assert door.status(issuer.headers(scope="deploy")) == 403


def test_a_token_that_is_not_good_is_401_and_says_why_in_the_counter(door: Door) -> None:
    issuer = door.signals.issuer
    stranger = Issuer()
    forged_id = Issuer()
    forged_id.private = ECKey.import_key(
        {**forged_id.private.as_dict(private=True), "kid": issuer.private.kid}
    )
    revoked = issuer.token(jti="gone")
    issuer.taken_back.add("gone")
    head, body, signature = issuer.token().split(".")
    for reason, value in {
        "expired": issuer.token(exp=int(time.time()) - 1),
        "audience": issuer.token(aud="another"),
        "revoked": revoked,
        "malformed": "nonsense",
    }.items():
        assert door.status({"authorization": f"Bearer {value}"}) == 401
        assert door.denied(reason) == 1, reason
    forged = [
        stranger.token(),
        forged_id.token(),
        f"{head}.{body}.{signature[::-1]}",
        issuer.token(iss="other"),
    ]
    for value in forged:
        assert door.status({"authorization": f"Bearer {value}"}) == 401
    assert door.denied("forged") == len(forged)
    assert door.status() == 401
    assert door.denied("missing") == 1
    assert len(door.signals.events("access.denied")) == 4 + len(forged) + 1


def test_a_token_that_was_good_is_not_once_it_is_revoked_or_over(door: Door) -> None:
    issuer = door.signals.issuer
    headers = issuer.headers(jti="mine")
    assert door.status(headers) == 200
    issuer.taken_back.add("mine")
    assert door.status(headers) == 401
