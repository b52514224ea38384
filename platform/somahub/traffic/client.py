"""One HTTP client for all services: it signs people in, and counts every answer by service and action."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import httpx

_TIMEOUT = 10.0  # seconds
_PATIENCE = httpx.Timeout(_TIMEOUT, read=60)  # of a stream, which is silent while nothing happens


class Client:
    """Requests on behalf of people, whose passwords are ``passwords`` by name; ``urls`` are the services'."""

    def __init__(self, urls: Mapping[str, str], passwords: Mapping[str, str]) -> None:
        self._urls = urls
        self._passwords = passwords
        self._tokens: dict[str, str] = {}
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        self._http = httpx.AsyncClient(timeout=_TIMEOUT, limits=limits)
        self.answers: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.actions: defaultdict[str, Counter[str]] = defaultdict(Counter)

    @property
    def people(self) -> tuple[str, ...]:
        """Whom it can act for."""
        return tuple(self._passwords)

    async def sign_in(self, name: str) -> bool:
        """Get a new token for a person."""
        form = {"grant_type": "password", "username": name, "password": self._passwords[name]}
        answer = await self._send("sign-in", "identity", "POST /v1/token", data=form)
        if answer is None or not answer.is_success:
            return False
        self._tokens[name] = answer.json()["access_token"]
        return True

    async def call(
        self,
        action: str,
        service: str,
        request: str,
        *,
        by: str = "dev",
        body: Any = None,  # noqa: ANN401 - JSON in, JSON out
    ) -> Any:  # noqa: ANN401
        """Send one request, such as ``GET /v1/tools``; the body of a good answer, else None."""
        headers = {"authorization": f"Bearer {self._tokens.get(by, '')}"}
        answer = await self._send(action, service, request, headers=headers, json=body)
        if answer is None or not answer.is_success or not answer.content:
            return None
        return answer.json()

    async def stream(self, action: str, service: str, path: str, *, by: str = "dev") -> int:
        """Read a stream of events to its end; how many lines it had. One that breaks off was answered all the same."""
        lines, answered = 0, False
        headers = {"authorization": f"Bearer {self._tokens.get(by, '')}"}
        try:
            stream = self._http.stream("GET", self._urls[service] + path, headers=headers, timeout=_PATIENCE)
            async with stream as answer:
                answered = True
                self._count(action, service, f"{answer.status_code // 100}xx")
                async for _ in answer.aiter_lines():
                    lines += 1
        except httpx.HTTPError:
            if answered:
                self.actions[action]["broken"] += 1
            else:
                self._count(action, service, "unanswered")
        return lines

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def _send(
        self,
        action: str,
        service: str,
        request: str,
        **arguments: Any,  # noqa: ANN401 - httpx'
    ) -> httpx.Response | None:
        method, _, path = request.partition(" ")
        try:
            answer = await self._http.request(method, self._urls[service] + path, **arguments)
        except httpx.HTTPError:
            self._count(action, service, "unanswered")
            return None
        self._count(action, service, f"{answer.status_code // 100}xx")
        return answer

    def _count(self, action: str, service: str, how: str) -> None:
        self.answers[service][how] += 1
        self.actions[action][how] += 1
