"""Run the gateway: ``python -m somahub.services.gateway``."""

import sys

import httpx
from sqlalchemy import create_engine

from slo.errors import SLOError
from somahub.auth import Guard, Verifier
from somahub.auth.remote import RemoteKeys
from somahub.peers import Peer
from somahub.services.gateway.app import Parts, create_app
from somahub.services.gateway.door import Door
from somahub.services.gateway.ratelimit import RateLimiter
from somahub.services.gateway.settings import Settings
from somahub.services.gateway.spec import gateway
from somahub.services.gateway.store import SessionStore
from somahub.services.gateway.wizard import load
from somahub.serving import serve, telemetry_for
from somahub.serving.redis import SpareRedis


def main() -> None:
    """Serve until told to stop; a definition that is not valid ends it before."""
    settings = Settings()
    try:
        wizards = load(settings.wizards)
    except SLOError as error:
        sys.exit(f"error: {error}")
    telemetry = telemetry_for(gateway, settings)
    known = httpx.AsyncClient(base_url=settings.identity_url, timeout=2)
    keys = RemoteKeys(known)
    redis = SpareRedis.at(settings.redis_url)
    limiter = RateLimiter(redis, *settings.limits())
    client = httpx.AsyncClient(base_url=settings.orchestrator_url, timeout=settings.orchestrator_timeout)
    parts = Parts(
        door=Door(Guard(Verifier(keys), settings.scope, telemetry), limiter, telemetry),
        store=SessionStore(create_engine(settings.database)),
        wizards=wizards,
        orchestrator=Peer("orchestrator", client, telemetry),
        identity=Peer("identity", known, telemetry),
        checks={"redis": redis.check, "identity": keys.check},
        stream_every=settings.stream_every,
    )
    serve(create_app(telemetry, parts, faults=settings.schedule(), residents=[keys.following]), settings)


if __name__ == "__main__":
    main()
