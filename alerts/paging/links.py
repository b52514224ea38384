"""Links that acknowledge or resolve an incident with one click, for a person who isn't signed in.

A token is a payload and its HMAC-SHA256, both in base64 for URLs; whoever has it may do the one thing that it says
until it expires. Mail scanners follow links: what a link leads to asks before it acts.

LinkError
└── ExpiredLinkError    it was genuine, but its time is over
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import UTC, datetime
from typing import NamedTuple

ACTIONS = ("acknowledge", "resolve")
# Told apart from whatever else may be signed with the secret, now or later.
_PURPOSE = b"pager link v1\n"
_LEAST_SECRET = 32
_LONGEST = 1024


class LinkError(Exception):
    """A token is not one that this pager made."""


class ExpiredLinkError(LinkError):
    """A token was genuine, but its time is over."""


class Link(NamedTuple):
    """What a token allows: ``action`` on ``incident`` in the name of ``person``, before ``expires`` (UTC, seconds)."""

    incident: str
    action: str
    person: str
    expires: datetime


def sign(secret: bytes, incident: str, action: str, person: str, expires: datetime) -> str:
    """A token for the query or path of a URL; raises ``ValueError`` for a short secret or an unknown action."""
    if action not in ACTIONS:
        raise ValueError(f"expected an action of {', '.join(ACTIONS)}, got {action!r}")
    payload = json.dumps([incident, action, person, int(expires.timestamp())], separators=(",", ":")).encode()
    return f"{_text(payload)}.{_text(_mac(secret, payload))}"


def verify(secret: bytes, token: str, now: datetime) -> Link:
    """What a token allows; raises ``LinkError`` for one that was not signed with this secret or is over."""
    payload, dot, mac = token.partition(".")
    if not dot or len(token) > _LONGEST or not token.isascii():
        raise LinkError("this link is not complete")
    signed = _bytes(payload)
    if not hmac.compare_digest(_text(_mac(secret, signed)), mac):
        raise LinkError("this link is not from this pager")
    incident, action, person, expires = json.loads(signed)
    link = Link(incident, action, person, datetime.fromtimestamp(expires, UTC))
    if now >= link.expires:
        raise ExpiredLinkError(f"this link expired at {link.expires:%Y-%m-%d %H:%M} UTC")
    return link


def _mac(secret: bytes, payload: bytes) -> bytes:
    if len(secret) < _LEAST_SECRET:
        raise ValueError(f"expected a secret of at least {_LEAST_SECRET} bytes")
    return hmac.digest(secret, _PURPOSE + payload, "sha256")


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Error, ValueError) as error:
        raise LinkError("this link is not complete") from error
    # Decoding forgives: only the one spelling that was signed is taken.
    if _text(data) != text:
        raise LinkError("this link is not complete")
    return data
