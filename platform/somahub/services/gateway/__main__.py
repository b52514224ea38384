"""Run the gateway: ``python -m somahub.services.gateway``."""

from sqlalchemy import create_engine

from somahub.services.gateway.app import create_app
from somahub.services.gateway.settings import Settings
from somahub.services.gateway.spec import gateway
from somahub.services.gateway.store import SessionStore
from somahub.serving import serve, telemetry_for


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    telemetry = telemetry_for(gateway, settings)
    store = SessionStore(create_engine(settings.database))
    serve(create_app(telemetry, store, settings.schedule()), settings)


if __name__ == "__main__":
    main()
