"""The one client between services: typed bodies, a timeout, the trace's context, RED metrics."""

import time
from collections.abc import Mapping
from typing import TypeVar

import httpx
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from pydantic import BaseModel, ValidationError

from slo.kit import CLIENT_DURATION
from somahub.peers.tokens import Tokens
from somahub.telemetry import Telemetry, current_span

_T = TypeVar("_T", bound=BaseModel)
_PROPAGATOR = TraceContextTextMapPropagator()


class PeerError(Exception):
    """Another service did not do what it was asked.

    ``status`` is its answer's, or None where none came: ``transient`` says whether asking again may help.
    """

    def __init__(self, peer: str, status: int | None, detail: str) -> None:
        super().__init__(f"{peer}: {detail}")
        self.peer = peer
        self.status = status
        self.detail = detail

    @property
    def transient(self) -> bool:
        """Whether the same request may succeed later."""
        return self.status is None or self.status >= 500 or self.status == 429  # noqa: PLR2004 - HTTP


class Peer:
    """One other service. ``client`` has its base URL and timeout; ``name`` is that of its spec."""

    def __init__(
        self, name: str, client: httpx.AsyncClient, telemetry: Telemetry, tokens: Tokens | None = None
    ) -> None:
        self.name = name
        self._client = client
        self._telemetry = telemetry
        self._tokens = tokens

    async def call(
        self,
        method: str,
        path: str,
        answer: type[_T],
        body: BaseModel | Mapping[str, str] | None = None,
        *,
        token: str = "",
    ) -> _T:
        """Send one request and read its answer; ``token`` speaks for a caller, else the service's own does.

        A model is sent as JSON, a mapping as a form.

        Raises ``PeerError`` when there is no answer, or one that is no success or not as expected.
        """
        got = await self.send(method, path, body, token=token)
        try:
            return answer.model_validate_json(got.content)
        except ValidationError as error:
            raise PeerError(self.name, got.status_code, f"unexpected answer: {error}") from error

    async def send(
        self,
        method: str,
        path: str,
        body: BaseModel | Mapping[str, str] | None = None,
        *,
        token: str = "",
    ) -> httpx.Response:
        """Send one request whose answer has no body, or one to be read elsewhere."""
        sent = {}
        if bearer := token or await self._own_token():
            sent["authorization"] = f"Bearer {bearer}"
        content = body.model_dump_json().encode() if isinstance(body, BaseModel) else None
        form = None if isinstance(body, BaseModel) else body
        if content is not None:
            sent["content-type"] = "application/json"
        request = self._client.build_request(method, path, content=content, data=form, headers=sent)
        try:
            got = await self._answer(request, path)
        except httpx.HTTPError as error:
            raise PeerError(self.name, None, f"no answer: {type(error).__name__} {error}") from error
        if not got.is_success:
            raise PeerError(self.name, got.status_code, _detail(got))
        return got

    async def _answer(self, request: httpx.Request, path: str) -> httpx.Response:
        method = request.method
        attributes = {"http.request.method": method, "peer.service": self.name, "url.path": path}
        with current_span(
            self._telemetry.tracer, method, kind=SpanKind.CLIENT, attributes=attributes
        ) as span:
            _PROPAGATOR.inject(request.headers)
            begun = time.perf_counter()
            try:
                got = await self._client.send(request)
            except httpx.HTTPError as error:
                self._observe(method, begun, "", type(error).__name__)
                raise
            self._observe(method, begun, str(got.status_code), "")
            span.set_attribute("http.response.status_code", got.status_code)
        return got

    async def check(self) -> None:
        """Raise httpx' error when the other service's process does not answer."""
        (await self._client.get("/health")).raise_for_status()

    async def _own_token(self) -> str:
        try:
            return await self._tokens.token() if self._tokens else ""
        except httpx.HTTPError as error:
            raise PeerError("identity", None, f"no token: {type(error).__name__} {error}") from error

    def _observe(self, method: str, begun: float, status: str, error_type: str) -> None:
        self._telemetry.observe(
            CLIENT_DURATION,
            time.perf_counter() - begun,
            peer_service=self.name,
            http_request_method=method,
            http_response_status_code=status,
            error_type=error_type,
        )


def _detail(response: httpx.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"status {response.status_code}"
