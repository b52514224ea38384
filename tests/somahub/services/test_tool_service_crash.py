from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from live import process, served, wait_for
from service import Issuer, identity_of
from upstream import Answer, upstream

_MODULE = "somahub.services.tool_service"


def test_a_killed_service_has_used_no_key_twice(tmp_path: Path) -> None:
    issuer = Issuer()
    with upstream() as other, served(identity_of(issuer)) as identity:
        settings = {
            "identity_url": identity,
            "allowed_hosts": "127.0.0.1",
            "s3_url": "http://127.0.0.1:1",
            "database": f"sqlite:///{tmp_path / 'tools.db'}",
        }
        paid = other.will("/pay", Answer(wait=30), Answer(body=b"paid"))
        page = other.will("/page", Answer(wait=30), Answer(body=b"there"))

        def use(service: str, tool: str, url: str) -> dict[str, Any]:
            body = {"arguments": {"url": url}, "idempotency_key": "k", "timeout": 60}
            answer = httpx.post(
                f"{service}/v1/tools/{tool}/invoke",
                json=body,
                headers=issuer.headers("developer"),
                timeout=60,
            )
            found: dict[str, Any] = answer.raise_for_status().json()
            return found

        def knows_the_keys(service: str) -> bool:
            return httpx.get(f"{service}/v1/tools", headers=issuer.headers("developer")).is_success

        def interrupted(*arguments: str) -> None:
            with suppress(httpx.TransportError):
                use(*arguments)

        with (
            process(_MODULE, "tool_service", tmp_path, **settings) as (url, running),
            ThreadPoolExecutor(2) as pool,
        ):
            wait_for(lambda: knows_the_keys(url))
            pool.submit(interrupted, url, "http.post", paid)
            pool.submit(interrupted, url, "http.fetch", page)
            wait_for(lambda: other.calls("/pay") and other.calls("/page"))
            running.kill()
        with process(_MODULE, "tool_service", tmp_path, **settings) as (url, _):
            wait_for(lambda: knows_the_keys(url))
            told = use(url, "http.post", paid)
            again = use(url, "http.fetch", page)
        assert (told["outcome"], told["replayed"], len(other.calls("/pay"))) == ("unknown", True, 1)
        assert (again["outcome"], again["output"]["body"], len(other.calls("/page"))) == (
            "success",
            "there",
            2,
        )
    assert '"event": "tool.abandoned"' in (tmp_path / "log").read_text()
