"""Settings of the gateway, from ``GATEWAY_*`` variables."""

from pydantic_settings import SettingsConfigDict

from somahub.serving import ServiceSettings


class Settings(ServiceSettings):
    """Where the gateway keeps data."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    port: int = 10000
    database: str = "sqlite:///gateway.db"
