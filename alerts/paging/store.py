"""Notifications in a SQL database: one row per alert (fingerprint and start), written before it is answered."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import JSON, Column, Engine, MetaData, String, Table, select
from sqlalchemy.dialects.sqlite import insert

_METADATA = MetaData()
_PAGES = Table(
    "pages",
    _METADATA,
    Column("fingerprint", String, primary_key=True),
    Column("starts_at", String, primary_key=True),
    Column("status", String, nullable=False),
    Column("received_at", String, nullable=False),
    Column("ends_at", String),
    Column("labels", JSON, nullable=False),
    Column("annotations", JSON, nullable=False),
)


class Alert(BaseModel):
    """One alert of an Alertmanager webhook, version 4 (Alertmanager's configuration, ``webhook_config``)."""

    model_config = ConfigDict(populate_by_name=True)

    fingerprint: str = Field(min_length=1)
    status: str = Field(pattern="^(firing|resolved)$")
    labels: dict[str, str]
    annotations: dict[str, str] = {}
    starts_at: datetime = Field(alias="startsAt")
    ends_at: datetime = Field(alias="endsAt")


class PageStore:
    """Idempotent: the same alert told again changes nothing but its state."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        _METADATA.create_all(engine)

    def record(self, alerts: Sequence[Alert]) -> None:
        """Store all alerts in one transaction; it is committed when this returns."""
        with self._engine.begin() as connection:
            for alert in alerts:
                ended = alert.ends_at.isoformat() if alert.status == "resolved" else None
                row = {
                    "fingerprint": alert.fingerprint,
                    "starts_at": alert.starts_at.isoformat(),
                    "status": alert.status,
                    "received_at": datetime.now(UTC).isoformat(),
                    "ends_at": ended,
                    "labels": alert.labels,
                    "annotations": alert.annotations,
                }
                # A late repeat of "firing" must not reopen what has been resolved.
                update = {"status": "resolved", "ends_at": ended} if ended else {}
                statement = insert(_PAGES).values(row)
                connection.execute(
                    statement.on_conflict_do_update(index_elements=["fingerprint", "starts_at"], set_=update)
                    if update
                    else statement.on_conflict_do_nothing()
                )

    def all(self) -> list[dict[str, Any]]:
        """Return every alert ever told, by start."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(_PAGES).order_by(_PAGES.c.starts_at)).mappings()
            return [dict(row) for row in rows]
