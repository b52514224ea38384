"""Links for whoever isn't signed in: a click that acknowledges or resolves an incident, and calendars to subscribe to.

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
from typing import Any, NamedTuple

ACTIONS = ("acknowledge", "resolve")
# Told apart by what they begin with: no token is good for another purpose.
_ACTION, _CALENDAR = b"pager link v1\n", b"pager calendar v1\n"
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
    return _sealed(secret, _ACTION, [incident, action, person, int(expires.timestamp())])


def verify(secret: bytes, token: str, now: datetime) -> Link:
    """What a token allows; raises ``LinkError`` for one that was not signed with this secret or is over."""
    incident, action, person, expires = _opened(secret, _ACTION, token)
    link = Link(incident, action, person, datetime.fromtimestamp(expires, UTC))
    if now >= link.expires:
        raise ExpiredLinkError(f"this link expired at {link.expires:%Y-%m-%d %H:%M} UTC")
    return link


def sign_calendar(secret: bytes, kind: str, name: str) -> str:
    """A token that reads the calendar of one rotation or person for as long as the secret is kept."""
    return _sealed(secret, _CALENDAR, [kind, name])


def verify_calendar(secret: bytes, token: str) -> tuple[str, str]:
    """Kind and name of the calendar that a token reads; raises ``LinkError``."""
    kind, name = _opened(secret, _CALENDAR, token)
    return kind, name


def _sealed(secret: bytes, purpose: bytes, fields: list[Any]) -> str:
    payload = json.dumps(fields, separators=(",", ":")).encode()
    return f"{_text(payload)}.{_text(_mac(secret, purpose, payload))}"


def _opened(secret: bytes, purpose: bytes, token: str) -> list[Any]:
    payload, dot, mac = token.partition(".")
    if not dot or len(token) > _LONGEST or not token.isascii():
        raise LinkError("this link is not complete")
    signed = _bytes(payload)
    if not hmac.compare_digest(_text(_mac(secret, purpose, signed)), mac):
        raise LinkError("this link is not from this pager")
    fields: list[Any] = json.loads(signed)
    return fields


def _mac(secret: bytes, purpose: bytes, payload: bytes) -> bytes:
    if len(secret) < _LEAST_SECRET:
        raise ValueError(f"expected a secret of at least {_LEAST_SECRET} bytes")
    return hmac.digest(secret, purpose + payload, "sha256")


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
