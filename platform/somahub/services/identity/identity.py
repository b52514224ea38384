"""Identity as a whole: its parts, and what keeps them fresh."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from joserfc.jwk import ECKey
from redis.asyncio import Redis
from sqlalchemy import Engine

from somahub.auth import Guard, Verifier
from somahub.services.identity import bootstrap, connections
from somahub.services.identity.accounts import AccountStore
from somahub.services.identity.attempts import Attempts
from somahub.services.identity.audit import AuditLog
from somahub.services.identity.inspection import Inspection
from somahub.services.identity.issuer import Issuer
from somahub.services.identity.keyring import KeyRing
from somahub.services.identity.models import AuditEntry, Bootstrap
from somahub.services.identity.passwords import Passwords
from somahub.services.identity.refresh import RefreshSessions
from somahub.services.identity.revoked import RevokedTokens
from somahub.services.identity.sealing import Seal
from somahub.services.identity.settings import Settings
from somahub.services.identity.signin import SignIn
from somahub.services.identity.tables import prepare
from somahub.services.identity.tokens import Tokens
from somahub.serving.repeating import repeating
from somahub.telemetry import Telemetry

_EVERY = 1.0  # seconds: as long as another instance's revocations may go unheard
_TIDY = 60.0


class OwnKeys:
    """Identity's own keys and revocations, for its own guard."""

    def __init__(self, ring: KeyRing, revoked: RevokedTokens) -> None:
        self._ring = ring
        self._revoked = revoked

    def key(self, key_id: str) -> ECKey | None:
        """The key of an id, if it is one of ours."""
        return self._ring.key(key_id)

    def revoked(self, token_id: str) -> bool:
        """Whether a token was taken back."""
        return self._revoked.revoked(token_id)


class Identity:
    """The parts, around one database and one Redis, neither of which need be there yet."""

    def __init__(
        self,
        telemetry: Telemetry,
        settings: Settings,
        engine: Engine,
        redis: Redis,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.telemetry = telemetry
        self._engine = engine
        self._redis = redis
        self._clock = clock
        self._wanted = bootstrap.load(settings.bootstrap_file) if settings.bootstrap_file else Bootstrap()
        self._failure: Exception | None = None
        self._prepared = False
        self._tidied = 0.0

        seal = Seal.of(settings.sealing_file())
        self.audit = AuditLog(engine, seal.derived("audit log"), self._written, clock)
        self.passwords = Passwords(settings, telemetry)
        self.accounts = AccountStore(engine, self.audit, clock)
        self.ring = KeyRing(engine, self.audit, seal, settings, clock)
        self.revoked = RevokedTokens(engine, redis, clock)
        verifier = Verifier(OwnKeys(self.ring, self.revoked), clock)
        self.guard = Guard(verifier, settings.scope, telemetry)
        sessions = RefreshSessions(redis, settings.refresh_seconds, settings.refresh_idle_seconds, clock)
        attempts = Attempts(engine, clock)
        self.signin = SignIn(self.accounts, attempts, self.passwords, self.audit, telemetry)
        issuer = Issuer(self.ring, self.audit, settings.access_token_seconds, clock)
        self.tokens = Tokens(issuer, self.accounts, sessions, self.revoked, self.audit)
        self.inspection = Inspection(verifier, self.tokens, self.revoked, self.audit, telemetry)

    async def revoke_all(self, tokens: dict[str, int], reason: str) -> None:
        """Take many tokens back, for one reason of the spec."""
        await self.revoked.add(tokens)
        self.telemetry.count("identity_tokens_revoked_total", len(tokens), reason=reason)

    async def check_database(self) -> None:
        """Raise why the database can't be used."""
        await asyncio.to_thread(connections.check, self._engine)
        if self._failure:
            raise self._failure

    async def check_redis(self) -> None:
        """Raise Redis' error when it does not answer."""
        await self._redis.ping()

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Prepare the database as soon as it is there, and keep keys and revocations fresh."""
        await self.refresh()
        try:
            async with repeating(self.refresh, _EVERY):
                yield
        finally:
            await self._redis.aclose()
            self._engine.dispose()

    async def refresh(self) -> None:
        """Look once at the database and Redis; what does not answer leaves things as they were."""
        try:
            await asyncio.to_thread(self._look)
            self._failure = None
        except Exception as error:  # noqa: BLE001 - whatever it is, readiness tells it and the next look may be better
            self._failure = error
        await self.revoked.refresh()
        self.telemetry.set("identity_signing_key_age_seconds", self.ring.age())
        self.telemetry.set("identity_revoked_tokens", len(self.revoked.ids() or ()))

    def _look(self) -> None:
        if not self._prepared:
            prepare(self._engine)
            bootstrap.create_missing(self._wanted, self.accounts, self.passwords)
            self._prepared = True
        self.ring.refresh()
        if self._clock() - self._tidied > _TIDY:
            self.revoked.tidy()
            self._tidied = self._clock()

    def _written(self, entry: AuditEntry) -> None:
        self.telemetry.count("identity_audit_entries_total", action=entry.action, outcome=entry.outcome)
        said = entry.model_dump(include={"sequence", "actor", "action", "target", "outcome", "hash"})
        self.telemetry.event("audit.written", **said)
