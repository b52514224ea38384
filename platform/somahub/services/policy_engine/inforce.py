"""The constitution in force: the last good bundle, whatever comes after it."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from somahub.services.policy_engine import bundle
from somahub.services.policy_engine.bundle import Bundle, Key
from somahub.services.policy_engine.errors import BundleError, PolicyError
from somahub.services.policy_engine.rego import Policies
from somahub.services.policy_engine.store import Store
from somahub.telemetry import Telemetry


class Constitution(NamedTuple):
    """A bundle with its policies compiled."""

    bundle: Bundle
    policies: Policies
    loaded_at: datetime


class InForce:
    """Follows a bundle's path. A version is accepted once, is kept in the store, and never goes down again."""

    def __init__(self, telemetry: Telemetry, path: Path, key: Key, store: Store) -> None:
        self._telemetry = telemetry
        self._path = path
        self._key = key
        self._store = store
        self._seen = ""
        self._judged = ""
        self._good = ""
        self._confirmed = time.monotonic()
        self.current: Constitution | None = None
        self._restore()
        self.look(at_once=True)

    @asynccontextmanager
    async def following(self, every: float) -> AsyncIterator[None]:
        """Look every so many seconds."""
        task = asyncio.create_task(self._follow(every))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def look(self, *, at_once: bool = False) -> None:
        """Judge what is at the path, if it is new. Half a copy is no bundle: it must look the same twice."""
        refusal: BundleError | None = None
        try:
            content = bundle.read(self._path)
            mark = hashlib.sha256(repr(sorted(content.items())).encode()).hexdigest()
        except BundleError as error:
            content, mark, refusal = {}, error.outcome, error
        if mark != self._judged and (mark == self._seen or at_once):
            if refusal is None:
                refusal = self._judge(content)
            if refusal is None:
                self._good = mark
            else:
                self._refused(refusal)
            self._judged = mark
        self._seen = mark
        if mark == self._good:
            self._confirmed = time.monotonic()
        self._telemetry.set("policy_bundle_age_seconds", time.monotonic() - self._confirmed)

    def _judge(self, content: dict[str, bytes]) -> BundleError | None:
        try:
            found = bundle.unseal(content, self._key)
            if self._known(found):
                return None
            new = self._newer(found)
            policies = Policies(found.modules, found.data)
        except BundleError as error:
            return error
        except PolicyError as error:
            return BundleError("invalid", str(error))
        now = datetime.now(UTC)
        if new:
            row = {"version": found.version, "digest": found.digest, "accepted_at": now}
            self._store.accept({**row, "bundle": bundle.pack(content)})
        self._take(Constitution(found, policies, now))
        return None

    def _known(self, found: Bundle) -> bool:
        return self.current is not None and found.digest == self.current.bundle.digest

    def _newer(self, found: Bundle) -> bool:
        """Whether it was never accepted before; one that is older, or another of the same version, is refused."""
        newest = self._store.newest()
        if newest is None or found.version > newest["version"]:
            return True
        if found.version < newest["version"]:
            raise BundleError("stale", f"version {found.version} is older than {newest['version']}")
        if found.digest != newest["digest"]:
            raise BundleError("stale", f"version {found.version} is there already, and is another")
        return False

    def _restore(self) -> None:
        """After a restart, the last good bundle is the stored one."""
        newest = self._store.newest()
        if newest is None:
            return
        # A key that was replaced, or a row that was tampered with: what is at the path decides.
        with suppress(BundleError, PolicyError):
            found = bundle.unseal(bundle.unpack(newest["bundle"]), self._key)
            accepted = newest["accepted_at"].replace(tzinfo=UTC)
            self._take(Constitution(found, Policies(found.modules, found.data), accepted))

    def _take(self, constitution: Constitution) -> None:
        self.current = constitution
        found = constitution.bundle
        self._telemetry.count("policy_bundle_loads_total", outcome="loaded")
        self._telemetry.set("policy_constitution_version", found.version)
        self._telemetry.event("policy.bundle.loaded", constitution=str(found.version), digest=found.digest)

    def _refused(self, error: BundleError) -> None:
        self._telemetry.count("policy_bundle_loads_total", outcome=error.outcome)
        self._telemetry.event("policy.bundle.refused", outcome=error.outcome, reason=str(error))

    async def _follow(self, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            with suppress(SQLAlchemyError):  # the age in the gauge grows, and the next look may do
                await asyncio.to_thread(self.look)
