"""Faults injected at the ASGI layer, on a schedule of wall-clock times, so that a restart does not end one."""

import asyncio
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, NamedTuple, cast

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_TEXT = re.compile(r"(?P<service>[a-z0-9-]+):(?P<kind>5xx|latency|down)@(?P<start>\d+)s?\+(?P<length>\d+)s?")
_DELAY = 1.0  # seconds; above every latency objective of the platform


Kind = Literal["5xx", "latency", "down"]


class Fault(NamedTuple):
    """A kind of fault of a service, from ``start`` for ``length`` seconds; ``down`` is no process at all."""

    service: str
    kind: Kind
    start: float
    length: float

    def shifted(self, seconds: float) -> "Fault":
        """Return the fault with its start moved, as from relative to absolute time."""
        return self._replace(start=self.start + seconds)

    def on(self, now: float) -> bool:
        """Whether the fault is there now."""
        return self.start <= now < self.start + self.length

    def __str__(self) -> str:
        return f"{self.service}:{self.kind}@{self.start:.0f}+{self.length:.0f}"


def parse(text: str) -> Fault:
    """Read ``SERVICE:KIND@SECONDS+LENGTH``; ``ValueError`` says what was expected."""
    match = _TEXT.fullmatch(text)
    if match is None:
        raise ValueError(f"fault {text!r}: expected SERVICE:KIND@START+LENGTH such as gateway:5xx@60s+120s")
    return Fault(match["service"], cast("Kind", match["kind"]), float(match["start"]), float(match["length"]))


class Schedule:
    """The faults to inject: fixed ones, and those of a file that may change while the process runs.

    A file holds one fault a line, with absolute times; one that can't be read or is not yet there holds none.
    """

    def __init__(self, faults: Iterable[Fault] = (), file: Path | None = None) -> None:
        self._fixed = tuple(faults)
        self._file = file
        self._read: tuple[Fault, ...] = ()
        self._version = 0

    def on(self, service: str, now: float) -> set[Kind]:
        """The kinds of fault that a service has now."""
        return {f.kind for f in (*self._fixed, *self._current()) if f.service == service and f.on(now)}

    def _current(self) -> tuple[Fault, ...]:
        if self._file is None:
            return ()
        try:
            version = self._file.stat().st_mtime_ns
            if version != self._version:
                self._read = tuple(parse(text) for text in self._file.read_text(encoding="utf-8").split())
                self._version = version
        except (OSError, ValueError):
            return ()
        return self._read


class FaultMiddleware:
    """Fail or delay requests while a fault is on; health checks and scrapes are left alone."""

    def __init__(
        self,
        app: ASGIApp,
        service: str,
        schedule: Schedule,
        clock: Callable[[], float],
        spared: frozenset[str],
    ) -> None:
        self.app = app
        self.service = service
        self.schedule = schedule
        self.clock = clock
        self.spared = spared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        on = self.schedule.on(self.service, self.clock())
        if scope["type"] != "http" or scope["path"] in self.spared:
            on = set()
        if "latency" in on:
            await asyncio.sleep(_DELAY)
        if "5xx" in on:
            problem = {"title": "Injected fault", "status": 503}
            response = JSONResponse(problem, 503, media_type="application/problem+json")
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)
