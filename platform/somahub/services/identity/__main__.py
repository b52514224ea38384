"""Run Identity: ``python -m somahub.services.identity``."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from somahub.services.identity.app import create_app
from somahub.services.identity.database import connect
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


def redis_client(url: str) -> Redis:
    """A client that gives up soon: what can go on without Redis should not wait for it."""
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=1,
        socket_connect_timeout=0.5,
        retry=Retry(NoBackoff(), 1),
    )


if __name__ == "__main__":
    main()
