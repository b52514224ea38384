"""Secrets as Argon2id hashes (RFC 9106)."""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from somahub.services.identity.settings import Settings
from somahub.telemetry import Telemetry

HASH_DURATION = "identity_password_hash_duration_seconds"


class Passwords:
    """Hash and verify on threads of their own, one a core: a flood of sign-ins takes no more memory than that."""

    def __init__(self, settings: Settings, telemetry: Telemetry) -> None:
        self._hasher = PasswordHasher(
            settings.argon2_time_cost, settings.argon2_memory_kib, settings.argon2_parallelism
        )
        self._telemetry = telemetry
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, "argon2")
        # What the secret of an unknown account is compared with, so that it takes as long as that of a known one.
        self._nobody = self._hasher.hash(os.urandom(16))

    async def hashed(self, secret: str) -> str:
        """Return the hash of a secret."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.hash, secret)

    async def fit(self, stored: str | None, secret: str) -> bool:
        """Whether a secret is the one of a stored hash; without one, never, after the same time."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._verify, stored, secret)

    def hash(self, secret: str) -> str:
        """Return the hash of a secret, on this thread."""
        return self._hasher.hash(secret)

    def outdated(self, stored: str) -> bool:
        """Whether a hash was made at another cost than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, stored: str | None, secret: str) -> bool:
        begun = time.perf_counter()
        try:
            self._hasher.verify(stored or self._nobody, secret)
        except (VerificationError, InvalidHashError):
            return False
        finally:
            self._telemetry.observe(HASH_DURATION, time.perf_counter() - begun)
        return stored is not None
