"""Access tokens (RFC 9068: JWT, ``typ`` ``at+jwt``), checked against Identity's keys and revocations."""

import time
from collections.abc import Callable
from typing import Any, Protocol

from joserfc import jws, jwt
from joserfc.errors import (
    DecodeError,
    ExpiredTokenError,
    InvalidClaimError,
    JoseError,
    MissingClaimError,
)
from joserfc.jwk import ECKey

from somahub.auth.model import ALGORITHM, AUDIENCE, ISSUER, Principal

_CACHED = 10_000  # tokens


class Denied(Exception):  # noqa: N818 - what happened, not what broke
    """A caller is turned away: ``reason`` is one of ``slo.kit.DENIALS``."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Keys(Protocol):
    """What is known of Identity: its public keys, and which tokens it took back."""

    def key(self, key_id: str) -> ECKey | None:
        """The public key of an id, if it is one of Identity's."""

    def revoked(self, token_id: str) -> bool:
        """Whether a token was taken back."""
        ...


class Verifier:
    """Turn a token into a principal; of one that was seen, only its key, end and revocation are looked at again."""

    def __init__(self, keys: Keys, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._clock = clock
        self._seen: dict[str, tuple[Principal, str]] = {}
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock()),
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            exp={"essential": True},
            jti={"essential": True},
        )

    def principal(self, token: str) -> Principal:
        """Return who the token speaks for, or raise ``Denied``."""
        seen = self._seen.get(token)
        # A key that was withdrawn takes what it signed with it.
        if seen is None or self._keys.key(seen[1]) is None:
            seen = self._verify(token)
            if len(self._seen) >= _CACHED:
                self._seen.clear()
            self._seen[token] = seen
        known, _ = seen
        if known.expires <= self._clock():
            raise Denied("expired", "The token has expired.")
        if self._keys.revoked(known.token_id):
            raise Denied("revoked", "The token was revoked.")
        return known

    def _verify(self, token: str) -> tuple[Principal, str]:
        try:
            header = jws.extract_compact(token.encode()).headers()
        except (JoseError, ValueError) as error:
            raise Denied("malformed", "The token is no JWT.") from error
        key_id = str(header.get("kid", ""))
        key = self._keys.key(key_id)
        if key is None or header.get("typ") != "at+jwt":
            raise Denied("forged", "The token was not issued here.")
        try:
            claims: dict[str, Any] = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
            self._claims.validate(claims)
        except ExpiredTokenError as error:
            raise Denied("expired", "The token has expired.") from error
        except (InvalidClaimError, MissingClaimError) as error:
            reason = "audience" if error.claim == "aud" else "forged"
            raise Denied(reason, f"The token's claim {error.claim} does not fit.") from error
        except (JoseError, DecodeError, ValueError) as error:
            raise Denied("forged", "The token's signature does not fit.") from error
        principal = Principal(
            subject=claims["sub"],
            tenant=claims.get("tenant", ""),
            roles=tuple(claims.get("roles", ())),
            grants=frozenset(claims.get("scope", "").split()),
            token_id=claims["jti"],
            expires=claims["exp"],
        )
        return principal, key_id
