"""Signed one-click links: who may do what to which incident, until when."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import NamedTuple


class LinkError(Exception):
    """The link was not made by us, or its time is over."""


class Link(NamedTuple):
    """What a token allows."""

    incident: str
    action: str
    person: str
    expires: datetime


def sign(secret: bytes, incident: str, action: str, person: str, expires: datetime) -> str:
    """Make a token for a URL."""
    body = _text(json.dumps([incident, action, person, int(expires.timestamp())]).encode())
    return f"{body}.{_text(_mac(secret, body))}"


def verify(secret: bytes, token: str, now: datetime) -> Link:
    """Read a token; raises ``LinkError``."""
    body, _, mac = token.partition(".")
    try:
        if not hmac.compare_digest(_bytes(mac), _mac(secret, body)):
            raise LinkError("this link is not valid")
        incident, action, person, expires = json.loads(_bytes(body))
    except ValueError as error:
        raise LinkError("this link is not valid") from error
    until = datetime.fromtimestamp(expires, UTC)
    if until <= now:
        raise LinkError("this link has expired")
    return Link(incident, action, person, until)


def _mac(secret: bytes, body: str) -> bytes:
    return hmac.new(secret, body.encode(), hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
