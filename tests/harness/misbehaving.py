"""A proxy before a real Prometheus that answers as a bad day would have it, by a seeded die."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import httpx
from live import served
from starlette.types import Receive, Scope, Send

Mood = Literal["well", "500", "slow", "truncated", "garbage", "wrong", "empty", "no-remote-read"]
BAD: tuple[Mood, ...] = ("500", "slow", "truncated", "garbage", "wrong")
_WRONG = b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[["x"]]}]}}'


class Proxy:
    """Each request meets one of ``moods``; none: it is passed on."""

    def __init__(self, target: str, seed: int = 0) -> None:
        self.target, self.moods = target, ()  # type: str, Sequence[Mood]
        self.asked = 0
        self.headers: list[dict[str, str]] = []
        self._dice = random.Random(seed)  # noqa: S311 - not a secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.asked += 1
        self.headers.append({k.decode(): v.decode() for k, v in scope["headers"]})
        mood = self._dice.choice(self.moods) if self.moods else "well"
        if mood == "no-remote-read":
            mood = "absent" if scope["path"].endswith("/read") else "well"  # type: ignore[assignment]
        status, answer = await self._answer(scope, body, mood)
        headers = [(b"content-type", b"application/json")]
        if mood == "truncated":
            headers.append((b"content-length", str(len(answer)).encode()))
            answer = answer[: len(answer) // 2]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _answer(self, scope: Scope, body: bytes, mood: str) -> tuple[int, bytes]:
        if mood == "500":
            return 500, b'{"status":"error","error":"boom"}'
        if mood == "absent":
            return 404, b"404 page not found"
        if mood == "garbage":
            return 200, b"<html>a captive portal</html>"
        if mood == "wrong":
            return 200, _WRONG
        if mood == "slow":
            await asyncio.sleep(0.2)
        url = f"{self.target}{scope['path']}?{scope['query_string'].decode()}"
        kept = {
            k: v
            for k, v in self.headers[-1].items()
            if k not in {"host", "accept-encoding", "content-length"}
        }
        async with httpx.AsyncClient(timeout=60) as client:
            found = await client.request(scope["method"], url, content=body, headers=kept)
        return found.status_code, found.content


@contextmanager
def misbehaving(target: str, seed: int = 0) -> Iterator[tuple[Proxy, str]]:
    """The proxy, and its URL."""
    proxy = Proxy(target, seed)
    with served(proxy) as url:
        yield proxy, url
