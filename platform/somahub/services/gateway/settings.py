"""Settings of the gateway, from ``GATEWAY_*`` variables."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from somahub.services.gateway.ratelimit import Limit
from somahub.serving import ServiceSettings


class Settings(ServiceSettings):
    """Where the gateway keeps data, whom it asks, and how much it lets through."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    port: int = 10000
    database: str = "sqlite:///gateway.db"
    redis_url: str = "redis://127.0.0.1:10003/0"
    orchestrator_url: str = "http://127.0.0.1:10001"
    # Seconds that the orchestrator may take.
    orchestrator_timeout: float = Field(default=10, gt=0)
    # A folder of definitions, in place of the gateway's own.
    wizards: Path | None = None
    # Requests a second on average, and at once.
    subject_rate: float = Field(default=100, gt=0)
    subject_burst: int = Field(default=200, ge=1)
    tenant_rate: float = Field(default=500, gt=0)
    tenant_burst: int = Field(default=1000, ge=1)
    # Seconds between two looks at a workflow that is streamed.
    stream_every: float = Field(default=0.5, gt=0)

    def limits(self) -> tuple[Limit, Limit]:
        """The limits of a subject and of a tenant."""
        return (
            Limit("subject", self.subject_rate, self.subject_burst),
            Limit("tenant", self.tenant_rate, self.tenant_burst),
        )
