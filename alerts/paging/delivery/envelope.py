"""What a sender is given, and how it says that it failed."""

from pathlib import Path
from typing import Any, NamedTuple

import httpx

from alerts.paging.incident import Incident, Occasion
from alerts.paging.messages import email
from alerts.paging.messages.called import Called
from alerts.paging.messages.content import Links
from alerts.paging.messages.email import Mail
from alerts.paging.tokens import secret


class Envelope(NamedTuple):
    """One notification; times are told in ``zone``, and ``answer`` is what the receiver answered earlier for this incident, such as an issue's key."""

    incident: Incident
    occasion: Occasion
    dedup_key: str
    links: Links
    called: Called
    zone: str
    answer: str = ""

    @property
    def mail(self) -> Mail:
        """What it says, as subject and text."""
        return email.message(self.incident, self.occasion.value, self.links, self.called, self.zone)


class DeliveryError(Exception):
    """The receiver did not take it; ``wait`` is how many seconds it asked to be left alone."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


class Post(NamedTuple):
    """How senders reach the world: a client, and the folder of their secrets' files."""

    client: httpx.AsyncClient
    secrets: Path

    def secret(self, file: str) -> str:
        """The text of a file, read each time: secrets are exchanged while we run. Raises ``SLOError``."""
        return secret(self.secrets / file)

    async def json(self, url: str, body: object, dedup_key: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own options
        """POST JSON; raises ``DeliveryError`` unless it was taken. No error names the URL, which may be the secret."""
        headers = {"Idempotency-Key": dedup_key, **more.pop("headers", {})}
        try:
            answer = await self.client.post(url, json=body, headers=headers, **more)
        except httpx.InvalidURL as error:
            raise DeliveryError("the URL is not valid") from error
        except httpx.HTTPError as error:
            raise DeliveryError(type(error).__name__) from error
        if not answer.is_success:
            wait = answer.headers.get("Retry-After", "")
            raise DeliveryError(f"answered {answer.status_code}", float(wait) if wait.isdigit() else 0.0)
        return answer
