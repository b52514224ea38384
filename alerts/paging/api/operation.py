"""What the pager says of itself, and every alert that it was ever told."""

from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from alerts.paging.deadman import prove_writable
from alerts.paging.pager import Pager
from alerts.paging.store import Alerts


def router(pager: Pager, registry: CollectorRegistry, replica: str) -> APIRouter:
    """The routes."""
    routes = APIRouter()

    @routes.get("/pages")
    def pages() -> list[dict[str, Any]]:
        """Every alert that was ever received."""
        with pager.database.read() as connection:
            return Alerts(connection).all()

    @routes.get("/health")
    def health() -> dict[str, str]:
        """Say that the process lives."""
        return {"status": "alive"}

    @routes.get("/ready")
    def ready() -> dict[str, str]:
        """Say that the database can be written, else 503."""
        pager.database.change(lambda c: prove_writable(c, replica, pager.clock()))
        return {"status": "ready"}

    @routes.get("/metrics")
    def metrics() -> Response:
        """Prometheus' text."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return routes
