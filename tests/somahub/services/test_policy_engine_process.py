from pathlib import Path
from typing import Any

import httpx
from live import process, served, wait_for
from service import Issuer, identity_of

_MODULE = "somahub.services.policy_engine"


def test_a_fresh_engine_decides_with_the_shipped_constitution_and_a_killed_one_keeps_its_log(
    tmp_path: Path,
) -> None:
    issuer = Issuer()
    with served(identity_of(issuer)) as identity:
        settings = {"identity_url": identity, "redis_url": "redis://127.0.0.1:1/0"}

        def ask(service: str, action: str) -> httpx.Response:
            body = {"action": action, "subject": "ada", "resource": "agent"}
            return httpx.post(f"{service}/v1/evaluate", json=body, headers=issuer.headers("developer"))

        decisions: list[dict[str, Any]] = []
        with process(_MODULE, "policy_engine", tmp_path, **settings) as (url, running):
            wait_for(lambda: ask(url, "agent.run").status_code == 200)
            decisions += [ask(url, action).json() for action in ("agent.run", "coffee.make")]
            running.kill()
        assert [d["allow"] for d in decisions] == [True, False]
        with process(_MODULE, "policy_engine", tmp_path, **settings) as (url, _):
            wait_for(lambda: ask(url, "agent.run").status_code == 200)
            for decision in decisions:
                where = f"{url}/v1/decisions/{decision['decision_id']}"
                assert (
                    httpx.get(where, headers=issuer.headers("developer")).json()["allow"] is decision["allow"]
                )
            assert httpx.get(f"{url}/ready").status_code == 503  # no Redis
    assert "for development only" in (tmp_path / "log").read_text()
