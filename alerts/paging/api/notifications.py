"""What was sent of an incident: for whoever asks whether it reached them."""

from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select

from alerts.paging.pager import Pager
from alerts.paging.tables import outbox


class KeptNotification(BaseModel):
    """One message to one receiver: ``state`` is waiting, sent or superseded; ``error`` is that of the last attempt."""

    receiver: str
    person: str
    occasion: str
    state: str
    attempts: int
    due: datetime
    sent: datetime | None
    error: str | None


def router(pager: Pager) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/incidents")

    @routes.get("/{ident}/notifications")
    def listed(ident: str) -> list[KeptNotification]:
        """All that were written for it, oldest first."""
        pager.incident(ident)
        query = select(outbox).where(outbox.c.incident == ident)
        with pager.database.read() as connection:
            rows = connection.execute(query.order_by(outbox.c.created, outbox.c.dedup_key)).mappings().all()
        return [
            KeptNotification(
                receiver=row["receiver"],
                person=row["person"],
                occasion=row["occasion"],
                state=row["state"],
                attempts=row["attempts"],
                due=datetime.fromtimestamp(row["due"], UTC),
                sent=None if row["sent"] is None else datetime.fromtimestamp(row["sent"], UTC),
                error=row["error"],
            )
            for row in rows
        ]

    return routes
