"""Sessions in a SQL database."""

import uuid
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    MetaData,
    RowMapping,
    String,
    Table,
    delete,
    insert,
    select,
    text,
)

_METADATA = MetaData()
_SESSIONS = Table(
    "sessions",
    _METADATA,
    Column("id", String(36), primary_key=True),
    Column("user", String(200), nullable=False),
    Column("purpose", String(500), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, index=True),
)


class NewSession(BaseModel):
    """What a client gives to open a session."""

    model_config = ConfigDict(extra="forbid")

    user: str = Field(min_length=1, max_length=200)
    purpose: str = Field(default="", max_length=500)


class Session(NewSession):
    """A session as it is stored."""

    id: str
    created_at: datetime


class SessionStore:
    """Create, read, list and delete sessions; every write is committed when the method returns."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        _METADATA.create_all(engine)

    def create(self, new: NewSession) -> Session:
        """Store a new session."""
        session = Session(id=str(uuid.uuid4()), created_at=datetime.now(UTC), **new.model_dump())
        with self._engine.begin() as connection:
            connection.execute(insert(_SESSIONS).values(session.model_dump()))
        return session

    def get(self, session_id: str) -> Session | None:
        """Return one session, or ``None``."""
        with self._engine.connect() as connection:
            row = connection.execute(select(_SESSIONS).where(_SESSIONS.c.id == session_id)).mappings().first()
        return _session(row) if row else None

    def list(self, limit: int) -> list[Session]:
        """Return the newest sessions, at most ``limit``."""
        query = select(_SESSIONS).order_by(_SESSIONS.c.created_at.desc(), _SESSIONS.c.id).limit(limit)
        with self._engine.connect() as connection:
            return [_session(r) for r in connection.execute(query).mappings()]

    def delete(self, session_id: str) -> bool:
        """Delete one session; ``False`` when there was none."""
        with self._engine.begin() as connection:
            return connection.execute(delete(_SESSIONS).where(_SESSIONS.c.id == session_id)).rowcount == 1

    def check(self) -> None:
        """Raise SQLAlchemy's error when the database does not answer."""
        with self._engine.connect() as connection:
            connection.execute(text("SELECT 1"))


def _session(row: RowMapping) -> Session:
    # SQLite drops the zone; what is stored is always UTC.
    return Session.model_validate({**row, "created_at": row["created_at"].replace(tzinfo=UTC)})
