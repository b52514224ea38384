"""What Alertmanager sends: alerts, and the watchdog's heartbeat. Answered once it is committed."""

from fastapi import APIRouter

from alerts.paging.deadman import DeadMan
from alerts.paging.ingest import arrivals
from alerts.paging.models import Webhook
from alerts.paging.pager import Pager


def router(pager: Pager, dead_man: DeadMan) -> APIRouter:
    """The routes."""
    routes = APIRouter()

    @routes.post("/alertmanager")
    def receive(webhook: Webhook) -> dict[str, int]:
        """Take a notification of alerts."""
        return {"changed": pager.receive(arrivals(webhook, pager.clock()))}

    @routes.post("/heartbeat")
    def heartbeat(webhook: Webhook) -> dict[str, str]:
        """Take the watchdog's notification; one that says it is over is no sign of life."""
        if any(alert.status == "firing" for alert in webhook.alerts):
            dead_man.beat()
        return {"status": "alive"}

    return routes
