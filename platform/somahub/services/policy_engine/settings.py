"""Settings of the policy engine, from ``POLICY_ENGINE_*`` variables."""

from pathlib import Path

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from somahub.serving import ServiceSettings


class Settings(ServiceSettings):
    """Where the constitution comes from, and where decisions go.

    Without ``constitution`` it is the one that the package brings, signed with a key made in ``state``: that is for
    development. ``poll`` and ``cache_ttl`` are in seconds; a policy that reads the clock may be ``cache_ttl`` behind.
    """

    model_config = SettingsConfigDict(env_prefix="POLICY_ENGINE_")

    port: int = 10020
    constitution: Path | None = None
    public_key_file: Path | None = None
    state: Path = Path("policy-engine")
    database: str = "sqlite:///policy-engine.db"
    redis_url: str = "redis://127.0.0.1:10003/0"
    poll: float = Field(default=2, gt=0)
    cache_ttl: int = Field(default=30, gt=0)

    @model_validator(mode="after")
    def _key_goes_with_constitution(self) -> "Settings":
        if (self.constitution is None) != (self.public_key_file is None):
            raise ValueError("constitution and public_key_file: expected both, or neither")
        if self.constitution is None and self.environment != "development":
            raise ValueError(f"constitution: expected a signed bundle in environment {self.environment}")
        return self
