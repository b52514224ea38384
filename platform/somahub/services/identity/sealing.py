"""Secrets at rest: encrypted by a key that is in a file, apart from the database."""

import hashlib
import hmac
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey

_SHORTEST = 32  # of random text: more than 128 bits
_HEADER = {"alg": "dir", "enc": "A256GCM", "cty": "jwk+json"}


class SealError(Exception):
    """What is stored was sealed by another key than the file's."""


class Seal:
    """Seals private keys as encrypted JWKs (RFC 7517 section 7), and derives keys for other ends."""

    def __init__(self, secret: str) -> None:
        if len(secret) < _SHORTEST:
            raise SealError(f"expected a sealing key of at least {_SHORTEST} characters, got {len(secret)}")
        self._secret = secret.encode()
        self._key = OctKey.import_key(self.derived("signing keys"))

    @classmethod
    def of(cls, file: Path) -> "Seal":
        """Read the key of a file, which is made where it is missing: for its owner's eyes only."""
        with (
            suppress(FileExistsError),
            os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made,
        ):
            made.write(secrets.token_urlsafe(32))
        return cls(file.read_text(encoding="utf-8").strip())

    def derived(self, purpose: str) -> bytes:
        """A key for one purpose."""
        return hmac.digest(self._secret, purpose.encode(), hashlib.sha256)

    def close(self, key: ECKey) -> str:
        """Seal a private key."""
        return jwe.encrypt_compact(_HEADER, json.dumps(key.as_dict(private=True)), self._key)

    def open(self, sealed: str) -> ECKey:
        """Return what was sealed, or raise ``SealError``."""
        try:
            plain = jwe.decrypt_compact(sealed, self._key).plaintext or b""
        except (JoseError, ValueError) as error:
            raise SealError("the key file does not open the signing keys of the database") from error
        return ECKey.import_key(json.loads(plain))
