"""Sessions and their wizards in a SQL database: SQLite or PostgreSQL."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    DateTime,
    Engine,
    MetaData,
    RowMapping,
    String,
    Table,
    and_,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from somahub.auth import Principal
from somahub.services.gateway.questions import storable
from somahub.services.orchestrator.models import Plan

_METADATA = MetaData()
_SESSIONS = Table(
    "sessions",
    _METADATA,
    Column("id", String(36), primary_key=True),
    Column("tenant", String(200), nullable=False, index=True),
    Column("owner", String(200), nullable=False),
    Column("purpose", String(500), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, index=True),
)
_RUNS = Table(
    "wizard_runs",
    _METADATA,
    Column("session_id", String(36), primary_key=True),
    Column("wizard", String(100), nullable=False),
    Column("plan", JSON(none_as_null=True)),
    Column("workflow_id", String(200)),
)
# A row a step: two that are answered at once do not overwrite each other.
_ANSWERS = Table(
    "wizard_answers",
    _METADATA,
    Column("session_id", String(36), primary_key=True),
    Column("step", String(100), primary_key=True),
    Column("answers", JSON, nullable=False),
)


def _kept(purpose: str) -> str:
    if not storable(purpose):
        raise ValueError("expected a text without NUL")
    return purpose


class NewSession(BaseModel):
    """What a client gives to open a session."""

    model_config = ConfigDict(extra="forbid")

    purpose: Annotated[str, AfterValidator(_kept)] = Field(default="", max_length=500)


class Session(NewSession):
    """A session as it is stored; its owner is who opened it."""

    id: str
    tenant: str
    owner: str
    created_at: datetime


class Run(NamedTuple):
    """A session's wizard; ``plan`` is what was submitted, ``workflow_id`` what it started."""

    wizard: str
    answers: Mapping[str, Mapping[str, JsonValue]]
    plan: Plan | None
    workflow_id: str


class SessionStore:
    """Every write is committed when the method returns. Sessions are found by their owners only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        _METADATA.create_all(engine)

    def create(self, owner: Principal, new: NewSession) -> Session:
        """Store a new session."""
        session = Session(
            id=str(uuid.uuid4()),
            tenant=owner.tenant,
            owner=owner.subject,
            created_at=datetime.now(UTC),
            **new.model_dump(),
        )
        with self._engine.begin() as connection:
            connection.execute(insert(_SESSIONS).values(session.model_dump()))
        return session

    def get(self, owner: Principal, session_id: str) -> Session | None:
        """Return one session, or ``None``."""
        query = select(_SESSIONS).where(_of(owner), _SESSIONS.c.id == session_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        return _session(row) if row else None

    def list(self, owner: Principal, limit: int) -> list[Session]:
        """Return the newest sessions, at most ``limit``."""
        query = select(_SESSIONS).where(_of(owner))
        query = query.order_by(_SESSIONS.c.created_at.desc(), _SESSIONS.c.id).limit(limit)
        with self._engine.connect() as connection:
            return [_session(r) for r in connection.execute(query).mappings()]

    def delete(self, owner: Principal, session_id: str) -> bool:
        """Delete one session with its wizard; ``False`` when there was none."""
        with self._engine.begin() as connection:
            query = delete(_SESSIONS).where(_of(owner), _SESSIONS.c.id == session_id)
            if connection.execute(query).rowcount != 1:
                return False
            for table in (_RUNS, _ANSWERS):
                connection.execute(delete(table).where(table.c.session_id == session_id))
        return True

    def start(self, session_id: str, wizard: str) -> bool:
        """Start a session's wizard; ``False`` when it has one."""
        query = self._insert(_RUNS).values(session_id=session_id, wizard=wizard)
        with self._engine.begin() as connection:
            # psycopg has no row count for such an insert.
            made = connection.execute(query.on_conflict_do_nothing().returning(_RUNS.c.session_id))
            return made.first() is not None

    def run(self, session_id: str) -> Run | None:
        """Return a session's wizard, or ``None``."""
        with self._engine.connect() as connection:
            row = connection.execute(select(_RUNS).where(_RUNS.c.session_id == session_id)).first()
            answers = connection.execute(select(_ANSWERS).where(_ANSWERS.c.session_id == session_id)).all()
        if row is None:
            return None
        plan = None if row.plan is None else Plan.model_validate(row.plan)
        return Run(row.wizard, {a.step: a.answers for a in answers}, plan, row.workflow_id or "")

    def answer(self, session_id: str, step: str, answers: Mapping[str, JsonValue]) -> None:
        """Store the answers to one step, in place of earlier ones."""
        query = self._insert(_ANSWERS).values(session_id=session_id, step=step, answers=dict(answers))
        query = query.on_conflict_do_update(
            index_elements=["session_id", "step"], set_={"answers": dict(answers)}
        )
        with self._engine.begin() as connection:
            connection.execute(query)

    def freeze(self, session_id: str, plan: Plan) -> Plan:
        """Store what is submitted, and return it: a second time, what the first stored."""
        this = _RUNS.c.session_id == session_id
        with self._engine.begin() as connection:
            query = update(_RUNS).where(this, _RUNS.c.plan.is_(None))
            connection.execute(query.values(plan=plan.model_dump(mode="json")))
            return Plan.model_validate(connection.execute(select(_RUNS.c.plan).where(this)).scalar_one())

    def thaw(self, session_id: str) -> None:
        """Let answers change again, unless a workflow was started."""
        with self._engine.begin() as connection:
            query = update(_RUNS).where(_RUNS.c.session_id == session_id, _RUNS.c.workflow_id.is_(None))
            connection.execute(query.values(plan=None))

    def started(self, session_id: str, workflow_id: str) -> None:
        """Store what was started."""
        with self._engine.begin() as connection:
            query = update(_RUNS).where(_RUNS.c.session_id == session_id)
            connection.execute(query.values(workflow_id=workflow_id))

    def check(self) -> None:
        """Raise SQLAlchemy's error when the database does not answer."""
        with self._engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def _insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An insert that can say what happens where there is a row already; standard SQL has none."""
        if self._engine.dialect.name == "postgresql":
            return postgresql.insert(table)
        return sqlite.insert(table)


def _of(owner: Principal) -> ColumnElement[bool]:
    return and_(_SESSIONS.c.tenant == owner.tenant, _SESSIONS.c.owner == owner.subject)


def _session(row: RowMapping) -> Session:
    # SQLite drops the zone; what is stored is always UTC.
    return Session.model_validate({**row, "created_at": row["created_at"].replace(tzinfo=UTC)})
