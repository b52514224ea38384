"""Run the gateway: ``python -m somahub.services.gateway``; settings come from ``GATEWAY_*`` variables."""

import sys

import uvicorn
from prometheus_client import CollectorRegistry
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import create_engine

from somahub.faults import parse
from somahub.services.gateway.app import create_app
from somahub.services.gateway.spec import gateway
from somahub.services.gateway.store import SessionStore
from somahub.telemetry import Telemetry, json_logger, tracer_provider


class Settings(BaseSettings):
    """Where to listen and keep data."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    host: str = "127.0.0.1"
    port: int = gateway.port
    database: str = "sqlite:///gateway.db"
    otlp_endpoint: str | None = None
    faults: str = ""


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    provider = tracer_provider(gateway.name, settings.otlp_endpoint)
    telemetry = Telemetry(gateway, CollectorRegistry(), provider, json_logger(gateway.name, sys.stderr))
    faults = tuple(parse(t) for t in settings.faults.split())
    app = create_app(telemetry, SessionStore(create_engine(settings.database)), faults)
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
