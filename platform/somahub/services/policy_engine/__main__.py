"""Run the policy engine: ``python -m somahub.services.policy_engine``."""

import httpx
from redis.asyncio import Redis

from somahub.auth import Guard, Verifier
from somahub.auth.remote import RemoteKeys
from somahub.database import open_engine
from somahub.services.policy_engine import bundle, development
from somahub.services.policy_engine.app import create_app
from somahub.services.policy_engine.cache import Cache
from somahub.services.policy_engine.inforce import InForce
from somahub.services.policy_engine.settings import Settings
from somahub.services.policy_engine.spec import policy_engine
from somahub.services.policy_engine.store import Store
from somahub.serving import serve, telemetry_for

_QUICK = 0.25  # seconds: a cache that is slower than the policies is none


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    telemetry = telemetry_for(policy_engine, settings)
    constitution, key_file = settings.constitution, settings.public_key_file
    if constitution is None or key_file is None:
        constitution, key_file = development.prepare(settings.state)
        telemetry.event(
            "policy.development_key",
            "The constitution is signed with a key that was made here: for development only.",
            file=str(key_file),
        )
    store = Store(open_engine(settings.database))
    in_force = InForce(telemetry, constitution, bundle.public_key(key_file.read_bytes()), store)
    redis = Redis.from_url(settings.redis_url, socket_timeout=_QUICK, socket_connect_timeout=_QUICK)
    keys = RemoteKeys(httpx.AsyncClient(base_url=settings.identity_url, timeout=2))
    app = create_app(
        telemetry,
        settings,
        Guard(Verifier(keys), settings.scope, telemetry),
        store=store,
        in_force=in_force,
        cache=Cache(redis, settings.cache_ttl),
        residents=[keys.following],
    )
    serve(app, settings)


if __name__ == "__main__":
    main()
