"""Proof of who calls: a name and its secret, with failures counted and noted."""

import asyncio
import re

from somahub.services.identity.accounts import AccountStore, Credentials, Kind
from somahub.services.identity.attempts import Attempts
from somahub.services.identity.audit import AuditLog
from somahub.services.identity.models import Account
from somahub.services.identity.passwords import Passwords
from somahub.telemetry import Telemetry

_NAME = re.compile(r"[A-Za-z0-9._@-]{1,100}")


class Refused(Exception):  # noqa: N818 - what happened, not what broke
    """A name and secret do not fit; ``wait`` is how many seconds must pass before they are looked at again."""

    def __init__(self, wait: int = 0) -> None:
        super().__init__(f"Too many failures: wait {wait} s." if wait else "The name or the secret is wrong.")
        self.wait = wait


class SignIn:
    """Check names and secrets. An unknown name costs the same time, count and answer as a wrong secret."""

    def __init__(
        self,
        accounts: AccountStore,
        attempts: Attempts,
        passwords: Passwords,
        audit: AuditLog,
        telemetry: Telemetry,
    ) -> None:
        self._accounts = accounts
        self._attempts = attempts
        self._passwords = passwords
        self._audit = audit
        self._telemetry = telemetry

    async def prove(self, kind: Kind | None, name: str, secret: str) -> Account:
        """The account of a name and its secret, of one kind or of any; raises ``Refused``."""
        if wait := await asyncio.to_thread(self._attempts.wait, name):
            self._telemetry.event("signin.locked", wait_seconds=wait)
            raise Refused(wait)
        found = await asyncio.to_thread(self._find, kind, name)
        with self._telemetry.span("password.verify"):
            fits = await self._passwords.fit(found.secret_hash if found else None, secret)
        if found is None or not fits or found.account.disabled:
            await asyncio.to_thread(self._failed, found, name)
            raise Refused
        await asyncio.to_thread(self._attempts.forget, name)
        if self._passwords.outdated(found.secret_hash):
            hashed = await self._passwords.hashed(secret)
            await asyncio.to_thread(self._accounts.refresh_hash, found.account, hashed)
        return found.account

    def _find(self, kind: Kind | None, name: str) -> Credentials | None:
        # What can't be a name is not asked for: PostgreSQL refuses NUL.
        found = self._accounts.credentials(name) if _NAME.fullmatch(name) else None
        return found if found and kind in (None, found.account.kind) else None

    def _failed(self, found: Credentials | None, name: str) -> None:
        self._attempts.failed(name)
        # Of an unknown account nothing is noted but that: people type passwords where names belong.
        target = found.account.name if found else "an unknown account"
        with self._audit.transaction() as made:
            made.note(target, "signin", target, "failure")
            if wait := self._attempts.wait(name):
                made.note("identity", "account.lock", f"{target} for {wait} s")
