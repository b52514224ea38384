"""Issues at GitHub, or at a server with its REST API (version 2022-11-28)."""

import json
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

import httpx
from pydantic import Field, JsonValue, StringConstraints

from somahub.ijson import Line, Text
from somahub.services.tool_service.adapters.adapter import A, Adapter, Arguments, Call
from somahub.services.tool_service.adapters.exchange import exchange
from somahub.services.tool_service.errors import RefusedError, UnavailableError
from somahub.services.tool_service.secrets import Secrets

_Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$")]
_LIMITED = "rate limit"


class _Repository(Arguments):
    owner: _Slug
    repo: _Slug


class NewIssue(_Repository):
    """The issue to open."""

    title: Line = Field(min_length=1, max_length=256)
    body: Text = Field(default="", max_length=60_000)
    labels: tuple[Line, ...] = Field(default=(), max_length=50)


class Issues(_Repository):
    """Which issues to list."""

    state: Literal["open", "closed", "all"] = "open"
    limit: int = Field(default=30, ge=1, le=100)


class _GitHub(Adapter[A]):
    def __init__(self, client: httpx.AsyncClient, base_url: str, token_file: Path, secrets: Secrets) -> None:
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._token_file = token_file
        self._secrets = secrets

    def host(self, arguments: A) -> str:  # noqa: ARG002 - one for all
        """The server's."""
        return urlsplit(self._base_url).hostname or ""

    async def _ask(self, method: str, path: str, **request: Any) -> Any:  # noqa: ANN401 - JSON
        headers = {
            "authorization": f"Bearer {self._secrets.read(self._token_file)}",
            "accept": "application/vnd.github+json",
            "x-github-api-version": "2022-11-28",
        }
        try:
            answer = await exchange(
                self._client, method, f"{self._base_url}{path}", headers=headers, **request
            )
            return json.loads(answer.body)
        except RefusedError as error:
            # GitHub's limits come as 403 as well; such a request was not processed.
            if _LIMITED in str(error).lower():
                raise UnavailableError(str(error), retry_after=60) from error
            raise
        except ValueError as error:
            raise RefusedError("the answer is no JSON") from error


class CreateIssue(_GitHub[NewIssue]):
    """GitHub has no idempotency keys: whether a lost answer's issue was opened is not known."""

    name: ClassVar = "github.issue.create"
    description: ClassVar = "Open an issue in a repository."
    repeatable: ClassVar = False
    arguments = NewIssue

    async def call(self, arguments: NewIssue, call: Call) -> JsonValue:  # noqa: ARG002 - it has no place for a key
        """Open it."""
        body = arguments.model_dump(include={"title", "body", "labels"})
        return _issue(await self._ask("POST", _path(arguments), json=body))


class ListIssues(_GitHub[Issues]):
    """The newest issues."""

    name: ClassVar = "github.issues.list"
    description: ClassVar = "List the newest issues of a repository."
    repeatable: ClassVar = True
    arguments = Issues

    async def call(self, arguments: Issues, call: Call) -> JsonValue:  # noqa: ARG002 - likewise
        """List them."""
        params: dict[str, str | int] = {"state": arguments.state, "per_page": arguments.limit}
        found = await self._ask("GET", _path(arguments), params=params)
        return [_issue(one) for one in found] if isinstance(found, list) else []


def _path(arguments: _Repository) -> str:
    return f"/repos/{arguments.owner}/{arguments.repo}/issues"


def _issue(found: Any) -> JsonValue:  # noqa: ANN401 - JSON
    if not isinstance(found, dict):
        raise RefusedError("the answer is no issue")
    return {
        key: value
        for key in ("number", "title", "state", "html_url")
        if (value := found.get(key)) is not None
    }
