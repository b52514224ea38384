"""Run the memory gateway: ``python -m somahub.services.memory_gateway``."""

import httpx

from somahub.auth import Guard, Verifier
from somahub.auth.remote import RemoteKeys
from somahub.services.memory_gateway.app import create_app
from somahub.services.memory_gateway.embedding import HashingEmbedder
from somahub.services.memory_gateway.settings import Settings
from somahub.services.memory_gateway.spec import memory_gateway
from somahub.services.memory_gateway.store import MemoryStore
from somahub.serving import serve, telemetry_for
from somahub.serving.redis import SpareRedis


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    telemetry = telemetry_for(memory_gateway, settings)
    embedder = HashingEmbedder(settings.dimensions)
    faults = settings.schedule()
    if settings.qdrant_url:
        store = MemoryStore.server(settings.qdrant_url, embedder.size, settings.qdrant_api_key(), faults)
    else:
        store = MemoryStore.embedded(settings.folder, embedder.size, faults)
    keys = RemoteKeys(httpx.AsyncClient(base_url=settings.identity_url, timeout=2))
    guard = Guard(Verifier(keys), settings.scope, telemetry)
    redis = SpareRedis.at(settings.redis_url)
    app = create_app(telemetry, guard, store, embedder, redis, faults=faults, residents=[keys.following])
    serve(app, settings)


if __name__ == "__main__":
    main()
