"""A receiver of notifications over HTTP that fails as it is told, and logs what it took and what it answered."""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, Self

# It answers so; ``hangs`` is no answer in time, ``closes`` none at all although it took the request.
Answer = Literal["200", "429", "500", "hangs", "closes"]
_HANG = 30.0  # seconds, beyond every client's patience


class Taken(NamedTuple):
    """A request: when it was there, by whom it was for, its key, its body, and how it was answered."""

    at: float
    path: str
    dedup_key: str
    body: dict[str, Any]
    headers: dict[str, str]
    answer: Answer

    @property
    def replica(self) -> str:
        """The process that sent it, by its replica's name and epoch."""
        return self.headers.get("x-pager-replica", "")

    @property
    def took(self) -> bool:
        """Whether the receiver acted on it, whether it said so or not."""
        return self.answer in {"200", "hangs", "closes"}


class Receiver:
    """Answers on a thread of its own; ``answer`` decides by the path."""

    def __init__(self, answer: Callable[[str], Answer] = lambda _: "200") -> None:
        self.answer = answer
        self.taken: list[Taken] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def of(self, path: str) -> list[Taken]:
        return [one for one in self.taken if one.path == f"/{path}"]

    def _serve(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._run())

    async def _run(self) -> None:
        self._ended = asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0, backlog=1000)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._ended.wait()
        server.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._request(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client was killed, or the test is over
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        path = first.split()[1]
        answer = self.answer(path)
        key = headers.get("idempotency-key", "")
        self.taken.append(Taken(time.time(), path, key, json.loads(body or b"{}"), headers, answer))
        if answer == "closes":
            return False
        if answer == "hangs":
            await asyncio.sleep(_HANG)
            return False
        text = json.dumps({"key": "OPS-1", "status": "success"}).encode()
        wait = b"Retry-After: 1\r\n" if answer == "429" else b""
        head = f"HTTP/1.1 {answer} X\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n"
        writer.write(head.encode() + wait + b"\r\n" + text)
        await writer.drain()
        return True
