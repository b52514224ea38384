"""Run the pager: ``python -m alerts.paging``; settings come from ``PAGER_*`` variables."""

import uvicorn
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import create_engine

from alerts.paging.app import create_app
from alerts.paging.store import PageStore


class Settings(BaseSettings):
    """Where to listen and keep data."""

    model_config = SettingsConfigDict(env_prefix="PAGER_")

    host: str = "127.0.0.1"
    port: int = 10015
    database: str = "sqlite:///pager.db"


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    app = create_app(PageStore(create_engine(settings.database)))
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
