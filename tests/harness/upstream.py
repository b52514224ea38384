"""Another side: a real HTTP server that counts what reaches it, and answers as it is told."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, NamedTuple

from live import served
from starlette.types import Receive, Scope, Send


class Answer(NamedTuple):
    """``wait`` in seconds; ``cut`` closes the connection within the answer."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = MappingProxyType({})
    wait: float = 0
    cut: bool = False


class Seen(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.body)


class Upstream:
    """By path: the next answers in turn, the last one for ever."""

    def __init__(self) -> None:
        self.url = ""
        self.plan: dict[str, list[Answer]] = {}
        self.seen: list[Seen] = []

    def will(self, path: str, *given: Answer) -> str:
        self.plan[path] = list(given)
        return f"{self.url}{path}"

    def calls(self, path: str) -> list[Seen]:
        return [s for s in self.seen if s.path == path]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {k.decode(): v.decode() for k, v in scope["headers"]}
        self.seen.append(Seen(scope["method"], scope["path"], headers, body))
        planned = self.plan.get(scope["path"], [Answer(404)])
        answer = planned.pop(0) if len(planned) > 1 else planned[0]
        await asyncio.sleep(answer.wait)
        sent = [(k.encode(), v.encode()) for k, v in answer.headers.items()]
        if answer.cut:
            sent.append((b"content-length", b"1000"))
        await send({"type": "http.response.start", "status": answer.status, "headers": sent})
        await send({"type": "http.response.body", "body": answer.body})


@contextmanager
def upstream() -> Iterator[Upstream]:
    found = Upstream()
    with served(found) as found.url:
        yield found
