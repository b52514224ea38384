"""Run Identity: ``python -m somahub.services.identity``."""

from somahub.services.identity.app import create_app
from somahub.services.identity.connections import connect, redis_client
from somahub.services.identity.identity import Identity
from somahub.services.identity.settings import Settings
from somahub.services.identity.spec import identity
from somahub.serving import serve, telemetry_for


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    telemetry = telemetry_for(identity, settings)
    parts = Identity(telemetry, settings, connect(settings.database), redis_client(settings.redis_url))
    serve(create_app(parts, settings.schedule()), settings)


if __name__ == "__main__":
    main()
