"""The keys that sign tokens: published before they sign, and until the last token that they signed is over."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, NamedTuple

from fastapi import HTTPException
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import Connection, Engine, delete, func, insert, select

from somahub.auth.model import ALGORITHM
from somahub.services.identity.audit import AuditLog, Transaction
from somahub.services.identity.connections import alone
from somahub.services.identity.models import KeySet, SigningKey
from somahub.services.identity.sealing import Seal
from somahub.services.identity.settings import Settings
from somahub.services.identity.tables import KEYS, TOKENS


class _Known(NamedTuple):
    kid: str
    key: ECKey
    active_from: int


class KeyRing:
    """What was read last from the database, kept in memory: keys go on working while the database does not."""

    def __init__(
        self,
        engine: Engine,
        audit: AuditLog,
        seal: Seal,
        settings: Settings,
        clock: Callable[[], float],
    ) -> None:
        self._engine = engine
        self._audit = audit
        self._seal = seal
        self._lead = settings.key_lead_seconds
        self._lifetime = settings.access_token_seconds
        self._clock = clock
        self._keys: tuple[_Known, ...] = ()

    def signed(self, claims: dict[str, Any]) -> tuple[str, str]:
        """A token of these claims, and the id of the key that signed it; 503 before any key is known."""
        now = self._clock()
        active = [known for known in self._keys if known.active_from <= now]
        if not active:
            raise HTTPException(503, "There is no signing key yet.")
        kid, key, _ = active[-1]
        return jwt.encode({"alg": ALGORITHM, "kid": kid, "typ": "at+jwt"}, claims, key), kid

    def key(self, key_id: str) -> ECKey | None:
        """The key of an id, if it is one of ours."""
        return next((known.key for known in self._keys if known.kid == key_id), None)

    def published(self) -> KeySet:
        """The public parts; 503 before any key is known."""
        if not self._keys:
            raise HTTPException(503, "There is no signing key yet.")
        more = {"use": "sig", "alg": ALGORITHM}
        keys = ({**known.key.as_dict(private=False), "kid": known.kid, **more} for known in self._keys)
        return KeySet.model_validate({"keys": tuple(keys)})

    def age(self) -> float:
        """Seconds since the newest key was made to sign; 0 before any key is known."""
        return max(0.0, self._clock() - self._keys[-1].active_from) if self._keys else 0.0

    def refresh(self) -> None:
        """Read the keys, drop those whose time is over, make the first."""
        with self._engine.connect() as connection:
            keys, kept = self._look(connection)
        if keys and kept == keys:
            self._keys = tuple(kept)
            return
        with self._audit.transaction() as made:
            # Instances that start together make one first key, not one each.
            alone(made.connection)
            keys, kept = self._look(made.connection)
            over = [known.kid for known in keys if known not in kept]
            if over:
                made.connection.execute(delete(KEYS).where(KEYS.c.id.in_(over)))
            if not kept:
                kept = [self._add(made, int(self._clock()), "identity")]
        self._keys = tuple(kept)

    def rotate(self, actor: str, *, compromised: bool) -> tuple[SigningKey, list[str]]:
        """Make a key that signs from soon on; where the others are compromised, from now on and as the only one.

        Returns it with the ids of the keys that were withdrawn.
        """
        now = int(self._clock())
        with self._audit.transaction() as made:
            alone(made.connection)
            keys = self._read(made.connection)
            withdrawn = keys if compromised else []
            if compromised:
                made.connection.execute(delete(KEYS))
                made.note(actor, "key.withdraw", ", ".join(known.kid for known in keys))
            new = self._add(made, now if compromised else now + self._lead, actor)
        self._keys = tuple(
            sorted((*(k for k in keys if k not in withdrawn), new), key=lambda k: k.active_from)
        )
        told = SigningKey(key_id=new.kid, active_from=datetime.fromtimestamp(new.active_from, UTC))
        return told, [known.kid for known in withdrawn]

    def _add(self, made: Transaction, active_from: int, actor: str) -> _Known:
        key = ECKey.generate_key("P-256")
        kid = key.thumbprint()
        values = {"id": kid, "sealed": self._seal.close(key), "active_from": active_from}
        made.connection.execute(insert(KEYS).values(values))
        made.note(actor, "key.create", kid)
        return _Known(kid, key, active_from)

    def _look(self, connection: Connection) -> tuple[list[_Known], list[_Known]]:
        keys = self._read(connection)
        query = select(TOKENS.c.key, func.max(TOKENS.c.expires)).group_by(TOKENS.c.key)
        last = {r[0]: r[1] for r in connection.execute(query)} if len(keys) > 1 else {}
        return keys, _needed(keys, last, int(self._clock()), self._lifetime)

    def _read(self, connection: Connection) -> list[_Known]:
        known = {k.kid: k for k in self._keys}
        rows = connection.execute(select(KEYS).order_by(KEYS.c.active_from, KEYS.c.id))
        return [known.get(r.id) or _Known(r.id, self._seal.open(r.sealed), r.active_from) for r in rows]


def _needed(keys: list[_Known], last: dict[str, int], now: int, lifetime: int) -> list[_Known]:
    """Those that sign, will sign, or have signed a token that may be alive."""
    # An instance that has not yet read of its successor may sign with a key a little longer: hence the lifetime.
    retired = {
        older.kid
        for older, newer in pairwise(keys)
        if max(newer.active_from + lifetime, last.get(older.kid, 0)) <= now
    }
    return [known for known in keys if known.kid not in retired]
