"""Decisions and accepted constitutions in SQL; both tables only grow."""

from datetime import UTC

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    String,
    Table,
    event,
    insert,
    select,
)

from somahub.services.policy_engine.models import Record

_METADATA = MetaData()
_DECISIONS = Table(
    "policy_decisions",
    _METADATA,
    # SQLite counts up by itself for this type only.
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("decision_id", String(36), nullable=False, unique=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("tenant", String(100), nullable=False, index=True),
    Column("asked_by", String(200), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("action", String(200), nullable=False),
    Column("resource", String(500), nullable=False),
    Column("context", JSON, nullable=False),
    Column("allow", Boolean, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("constitution", String(20), nullable=False),
    Column("cached", String(10), nullable=False),
)
_CONSTITUTIONS = Table(
    "policy_constitutions",
    _METADATA,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("bundle", LargeBinary, nullable=False),
    Column("accepted_at", DateTime(timezone=True), nullable=False),
)
for _table in (_DECISIONS, _CONSTITUTIONS):
    for _verb in ("UPDATE", "DELETE"):
        event.listen(
            _table,
            "after_create",
            DDL(  # type: ignore[no-untyped-call]
                f"CREATE TRIGGER {_table.name}_{_verb.lower()} BEFORE {_verb} ON {_table.name} "
                f"BEGIN SELECT RAISE(ABORT, '{_table.name} only grows'); END"
            ).execute_if(dialect="sqlite"),
        )
    event.listen(
        _table,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]
            f"CREATE FUNCTION {_table.name}_grows() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_table.name} only grows'; END $$; "
            f"CREATE TRIGGER {_table.name}_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {_table.name} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {_table.name}_grows()"
        ).execute_if(dialect="postgresql"),
    )


class Store:
    """All methods block; what is written is committed when they return."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        _METADATA.create_all(engine)

    def add(self, records: list[Record]) -> None:
        """Log decisions in one transaction."""
        rows = [r.model_dump(exclude={"number"}) for r in records]
        with self._engine.begin() as connection:
            connection.execute(insert(_DECISIONS), rows)

    def decision(self, decision_id: str) -> Record | None:
        """One decision."""
        with self._engine.connect() as connection:
            query = select(_DECISIONS).where(_DECISIONS.c.decision_id == decision_id)
            row = connection.execute(query).mappings().first()
        return _record(row) if row else None

    def decisions(self, tenant: str | None, before: int | None, limit: int) -> list[Record]:
        """The newest decisions, of one tenant or of all, with numbers below ``before``."""
        query = select(_DECISIONS).order_by(_DECISIONS.c.number.desc()).limit(limit)
        if tenant is not None:
            query = query.where(_DECISIONS.c.tenant == tenant)
        if before is not None:
            query = query.where(_DECISIONS.c.number < before)
        with self._engine.connect() as connection:
            return [_record(row) for row in connection.execute(query).mappings()]

    def accept(self, row: dict[str, object]) -> None:
        """Keep an accepted constitution: ``version``, ``digest``, ``bundle`` (a tar file), ``accepted_at``."""
        with self._engine.begin() as connection:
            connection.execute(insert(_CONSTITUTIONS).values(row))

    def newest(self) -> RowMapping | None:
        """The accepted constitution of the highest version, as ``accept`` took it."""
        query = select(_CONSTITUTIONS).order_by(_CONSTITUTIONS.c.version.desc()).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(query).mappings().first()


def _record(row: RowMapping) -> Record:
    # SQLite drops the zone; what is stored is always UTC.
    return Record.model_validate({**row, "at": row["at"].replace(tzinfo=UTC)})
