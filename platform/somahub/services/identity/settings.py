"""Settings of Identity, from ``IDENTITY_*`` variables."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict
from sqlalchemy.engine import make_url

from somahub.serving import ServiceSettings


class Settings(ServiceSettings):
    """Where Identity keeps data, how long its tokens live, what a password's hash costs; times are in seconds."""

    model_config = SettingsConfigDict(env_prefix="IDENTITY_")

    port: int = 10002
    database: str = "sqlite:///identity.db"
    redis_url: str = "redis://127.0.0.1:10003/0"
    # Seals the signing keys; made where it is missing. Beside an SQLite file by default.
    signing_key_file: Path | None = None
    bootstrap_file: Path | None = None

    access_token_seconds: int = 600
    refresh_seconds: int = 7 * 86400
    refresh_idle_seconds: int = 8 * 3600
    # A new key is published this long before it signs: longer than services keep the keys that they fetched.
    key_lead_seconds: int = 60

    # OWASP's minimum for Argon2id: RFC 9106's second recommendation (64 MiB, 3 passes) misses a P95 of 200 ms here.
    argon2_time_cost: int = 2
    argon2_memory_kib: int = 19 * 1024
    argon2_parallelism: int = 1

    def sealing_file(self) -> Path:
        """The file of the key that seals signing keys."""
        if self.signing_key_file:
            return self.signing_key_file
        url = make_url(self.database)
        if url.get_backend_name() != "sqlite" or not url.database:
            raise ValueError("IDENTITY_SIGNING_KEY_FILE is needed where the database is no SQLite file")
        return Path(f"{url.database}.key")
