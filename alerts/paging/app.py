"""The pager's HTTP API."""

import sys
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from alerts.paging.store import Alert, PageStore


class Notification(BaseModel):
    """The part of an Alertmanager webhook that is read."""

    alerts: list[Alert]


def create_app(store: PageStore) -> FastAPI:
    """Build the receiver around its store."""
    app = FastAPI(title="Pager", version="1.0.0")

    @app.post("/alertmanager")
    def receive(notification: Notification) -> dict[str, int]:
        """Store a notification, then answer."""
        store.record(notification.alerts)
        for alert in notification.alerts:
            labels, summary = alert.labels, alert.annotations.get("summary", "")
            severity = labels.get("severity", "?")
            sys.stdout.write(f"{alert.status} {severity} {labels.get('alertname')}: {summary}\n")
        sys.stdout.flush()
        return {"stored": len(notification.alerts)}

    @app.get("/pages")
    def pages() -> list[dict[str, Any]]:
        """List every alert that was ever received."""
        return store.all()

    @app.get("/health")
    def health() -> dict[str, str]:
        """Say that the process lives."""
        return {"status": "alive"}

    return app
