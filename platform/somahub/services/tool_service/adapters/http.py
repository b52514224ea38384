"""Tools that fetch from, and post to, hosts of a list."""

import base64
from typing import ClassVar

import httpx
from pydantic import Field, JsonValue

from somahub.ijson import Line
from somahub.services.tool_service.adapters.adapter import Adapter, Arguments, Call
from somahub.services.tool_service.adapters.exchange import Answer, exchange
from somahub.services.tool_service.errors import RefusedError
from somahub.services.tool_service.guard import name

_URL = Field(min_length=1, max_length=2000, description="An http or https URL of an allowed host.")


class Fetch(Arguments):
    """What to fetch."""

    url: Line = _URL
    accept: Line = Field(default="*/*", max_length=200, description="Media types, as in the header Accept.")


class Post(Arguments):
    """What to post, and where to."""

    url: Line = _URL
    content: JsonValue = Field(default=None, description="Sent as application/json.")


class HttpFetch(Adapter[Fetch]):
    """GET; redirects are followed as far as their hosts are allowed."""

    name: ClassVar = "http.fetch"
    description: ClassVar = "Fetch a page or document by its URL."
    repeatable: ClassVar = True
    arguments = Fetch

    def __init__(self, client: httpx.AsyncClient, limit: int) -> None:
        self._client = client
        self._limit = limit

    def host(self, arguments: Fetch) -> str:
        """The host of the URL."""
        return _host(arguments.url)

    async def call(self, arguments: Fetch, call: Call) -> JsonValue:  # noqa: ARG002 - GET needs no key
        """Fetch; the body is text, or base64 where it is no UTF-8."""
        headers = {"accept": arguments.accept}
        answer = await exchange(
            self._client, "GET", arguments.url, limit=self._limit, headers=headers, follow_redirects=True
        )
        return _output(answer)


class HttpPost(Adapter[Post]):
    """POST; redirects are not followed."""

    name: ClassVar = "http.post"
    description: ClassVar = "Post JSON to a URL; the key is passed on in the header Idempotency-Key."
    repeatable: ClassVar = False
    arguments = Post

    def __init__(self, client: httpx.AsyncClient, limit: int) -> None:
        self._client = client
        self._limit = limit

    def host(self, arguments: Post) -> str:
        """The host of the URL."""
        return _host(arguments.url)

    async def call(self, arguments: Post, call: Call) -> JsonValue:
        """Post."""
        headers = {"idempotency-key": f'"{call.key}"'} if call.key.isascii() and '"' not in call.key else {}
        answer = await exchange(
            self._client, "POST", arguments.url, limit=self._limit, headers=headers, json=arguments.content
        )
        return _output(answer)


def _host(url: str) -> str:
    try:
        return name(httpx.URL(url))
    except (httpx.InvalidURL, UnicodeError) as error:
        raise RefusedError(f"not a URL: {error}") from error


def _output(answer: Answer) -> JsonValue:
    about: dict[str, JsonValue] = {
        "status": answer.status,
        "url": answer.url,
        "content_type": answer.headers.get("content-type", ""),
    }
    try:
        return {**about, "body": answer.body.decode()}
    except UnicodeDecodeError:
        return {**about, "body_base64": base64.b64encode(answer.body).decode()}
