"""What is refused before anything is read: callers without a token, and bodies that are too long."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alerts.paging.api.problems import problem
from alerts.paging.tokens import Tokens

_WEBHOOKS = ("/alertmanager", "/heartbeat")
_PEOPLE = ("/incidents", "/overrides", "/oncall", "/calendars")


class Door:
    """Tells the app in ``state.person`` who calls."""

    def __init__(self, app: ASGIApp, tokens: Tokens, most_bytes: int) -> None:
        self._app = app
        self._tokens = tokens
        self._most = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 401 or 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if not self._known(scope, headers):
            refused = problem(401, "The token is missing or not known.")
            refused.headers["WWW-Authenticate"] = "Bearer"
            await refused(scope, receive, send)
            return
        length = headers.get("content-length", "0")
        body = await _body(receive, self._most) if length.isdigit() and int(length) <= self._most else None
        if body is None:
            refused = problem(413, f"The body is longer than {self._most} bytes.")
            refused.headers["Connection"] = "close"
            await refused(scope, receive, send)
            return
        await self._app(scope, _read(body, receive), send)

    def _known(self, scope: Scope, headers: Mapping[str, str]) -> bool:
        kind, _, token = headers.get("authorization", "").partition(" ")
        token = token if kind.lower() == "bearer" else ""
        path = scope["path"]
        if path.startswith(_WEBHOOKS):
            return self._tokens.is_webhook(token)
        if path.startswith(_PEOPLE):
            person = self._tokens.person(token)
            scope.setdefault("state", {})["person"] = person
            return person is not None
        return True


async def _body(receive: Receive, most: int) -> bytes | None:
    """All of it; None where it is too long. One that comes in chunks has said nothing of its length."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > most:
            return None
        if not message.get("more_body"):
            return bytes(body)


def _read(body: bytes, receive: Receive) -> Receive:
    """What was read is received again, and then what else comes."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again
