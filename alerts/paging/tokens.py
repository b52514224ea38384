"""Who calls: Alertmanager by its token, people by theirs, PagerDuty's clients by a team's routing key."""

import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from slo.errors import SLOError

_LEAST_LINK_KEY = 32


class Tokens(NamedTuple):
    """All that is accepted; every comparison takes the same time whatever is given."""

    webhook: str
    people: Mapping[str, str]
    keys: Mapping[str, str]

    def is_webhook(self, token: str) -> bool:
        """Whether it is Alertmanager's."""
        return _same(self.webhook, token)

    def person(self, token: str) -> str | None:
        """The name of the person whose it is."""
        return _whose(self.people, token)

    def team(self, key: str) -> str | None:
        """The team whose routing key it is."""
        return _whose(self.keys, key)


def read_tokens(webhook: Path, people: Path, keys: Path | None) -> Tokens:
    """Read them; raises ``SLOError`` where a file is missing, empty or not as it should be."""
    try:
        named = json.loads(secret(people))
    except ValueError as error:
        raise SLOError(f"{people}: expected a JSON object of names and tokens") from error
    if not isinstance(named, dict) or not all(isinstance(v, str) and v for v in named.values()):
        raise SLOError(f"{people}: expected a JSON object of names and tokens")
    files = sorted(keys.glob("*.key")) if keys else []
    return Tokens(secret(webhook), named, {path.stem: secret(path) for path in files})


def secret(path: Path) -> str:
    """The text of a secret's file; raises ``SLOError``."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SLOError(f"{path}: {error.strerror}") from error
    if not text:
        raise SLOError(f"{path}: is empty")
    return text


def link_key(path: Path) -> bytes:
    """What links are signed with; raises ``SLOError`` where it is short enough to guess."""
    key = secret(path).encode()
    if len(key) < _LEAST_LINK_KEY:
        raise SLOError(f"{path}: expected at least {_LEAST_LINK_KEY} bytes")
    return key


def _whose(tokens: Mapping[str, str], token: str) -> str | None:
    found = None
    for name, expected in tokens.items():
        if _same(expected, token):
            found = name
    return found


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode())
