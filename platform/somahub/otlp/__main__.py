"""Run the receiver: ``python -m somahub.otlp``."""

import uvicorn
from prometheus_client import CollectorRegistry
from pydantic_settings import BaseSettings, SettingsConfigDict

from somahub.otlp import Received, create_app


class Settings(BaseSettings):
    """Where to listen, from ``OTLP_*`` variables."""

    model_config = SettingsConfigDict(env_prefix="OTLP_")

    host: str = "127.0.0.1"
    port: int = 10014


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    app = create_app(Received(), CollectorRegistry())
    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
