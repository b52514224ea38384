"""Apps served over real HTTP on a free port, and an Identity that has but keys."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from service import Issuer


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The URL of an app that is served in a thread meanwhile."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, loop="asyncio", log_config=None, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 10
        while not server.started:
            assert thread.is_alive(), "the server ended"
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.005)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


def identity_of(issuer: Issuer) -> FastAPI:
    """The public side of an Identity: keys and revocations."""
    app = FastAPI()

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/.well-known/jwks.json")
    async def keys() -> dict[str, object]:
        return {"keys": [issuer.private.as_dict(private=False)]}

    @app.get("/v1/revocations")
    async def revocations() -> dict[str, object]:
        return {"token_ids": sorted(issuer.taken_back)}

    return app
