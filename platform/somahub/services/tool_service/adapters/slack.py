"""Messages to Slack by ``chat.postMessage``."""

import json
import uuid
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import httpx
from pydantic import Field, JsonValue

from somahub.ijson import Line, Text
from somahub.services.tool_service.adapters.adapter import Adapter, Arguments, Call
from somahub.services.tool_service.adapters.exchange import exchange, retry_after
from somahub.services.tool_service.errors import RefusedError, UnavailableError, UnclearError
from somahub.services.tool_service.secrets import Secrets

_SPACE = uuid.UUID("6f2d4a52-5c0e-4c7e-9d7a-3a0f3f2c8a11")
# Errors in a body of status 200, by what they mean; any other is a refusal.
_BUSY = frozenset({"ratelimited", "rate_limited", "service_unavailable", "team_added_to_org"})
_UNCLEAR = frozenset({"internal_error", "fatal_error", "request_timeout"})


class Message(Arguments):
    """What to say, and where."""

    channel: Line = Field(min_length=1, max_length=100, description="A channel's id or name.")
    text: Text = Field(min_length=1, max_length=40_000)


class SlackMessage(Adapter[Message]):
    """Slack takes a ``client_msg_id``, which is made of the key, and doesn't promise that it shows a message once."""

    name: ClassVar = "slack.message"
    description: ClassVar = "Send a message to a Slack channel."
    repeatable: ClassVar = False
    arguments = Message

    def __init__(self, client: httpx.AsyncClient, base_url: str, token_file: Path, secrets: Secrets) -> None:
        self._client = client
        self._url = f"{base_url.rstrip('/')}/chat.postMessage"
        self._token_file = token_file
        self._secrets = secrets

    def host(self, arguments: Message) -> str:  # noqa: ARG002 - one for all
        """Slack's."""
        return urlsplit(self._url).hostname or ""

    async def call(self, arguments: Message, call: Call) -> JsonValue:
        """Send it."""
        headers = {"authorization": f"Bearer {self._secrets.read(self._token_file)}"}
        body = arguments.model_dump() | {
            "client_msg_id": str(uuid.uuid5(_SPACE, f"{call.tenant}\n{call.key}"))
        }
        answer = await exchange(self._client, "POST", self._url, headers=headers, json=body)
        try:
            said = json.loads(answer.body)
        except ValueError as error:
            raise UnclearError("the answer is no JSON") from error
        if not isinstance(said, dict):
            raise UnclearError("the answer is no object")
        if said.get("ok") is not True:
            raise _failure(str(said.get("error", "unknown")), retry_after(answer.headers))
        return {"channel": str(said.get("channel", "")), "ts": str(said.get("ts", ""))}


def _failure(word: str, wait: float) -> RefusedError | UnavailableError | UnclearError:
    if word in _BUSY:
        return UnavailableError(word, retry_after=wait)
    return UnclearError(word) if word in _UNCLEAR else RefusedError(word)
