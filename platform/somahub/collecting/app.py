"""The HTTP side: the metrics of each collector at a path of its own, and of all together."""

from collections.abc import Sequence

from fastapi import FastAPI, HTTPException, Request, Response
from prometheus_client.exposition import choose_encoder

from somahub import problems
from somahub.collecting.instruments import Instruments
from somahub.telemetry.http import SILENT


def create_app(collectors: Sequence[Instruments]) -> FastAPI:
    """Build the app around the metrics."""
    app = FastAPI(title="Collectors", version="1.0.0", telemetry=SILENT)
    problems.install(app)
    by_name = {one.name: one for one in collectors}

    @app.get("/metrics/{name}")
    async def metrics(name: str, request: Request) -> Response:
        """The metrics of one collector."""
        if name not in by_name:
            raise HTTPException(404, f"There is no collector {name}.")
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(by_name[name].registry), media_type=content_type)

    @app.get("/health")
    @app.get("/ready")
    async def health() -> dict[str, str]:
        """Say that the process lives: when one of its collectors ends, so does it."""
        return {"status": "alive"}

    return app
