"""Identity's tables, on PostgreSQL or SQLite; the audit log can be added to, and not be changed."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from somahub.services.identity.connections import alone, writing

METADATA = MetaData()
ACCOUNTS = Table(
    "identity_accounts",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("name", String(100), nullable=False, unique=True),
    Column("tenant", String(100), nullable=False, index=True),
    Column("roles", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    # Refresh tokens from before this second are void: the password changed, or the account was disabled.
    Column("sessions_from", BigInteger, nullable=False),
)
# Tokens that may still be alive: what disabling an account, or retiring a key, has to know of.
TOKENS = Table(
    "identity_tokens",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("account", String(36), nullable=False, index=True),
    Column("family", String(36), nullable=False, index=True),
    Column("key", String(64), nullable=False),
    Column("expires", BigInteger, nullable=False, index=True),
)
REVOKED = Table(
    "identity_revoked",
    METADATA,
    Column("token", String(36), primary_key=True),
    Column("expires", BigInteger, nullable=False, index=True),
)
KEYS = Table(
    "identity_keys",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("active_from", BigInteger, nullable=False),
)
# By a hash of the name, since what was typed may be no name at all.
ATTEMPTS = Table(
    "identity_attempts",
    METADATA,
    Column("name_hash", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last", BigInteger, nullable=False, index=True),
)
AUDIT = Table(
    "identity_audit",
    METADATA,
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("identity_audit_at", "at"),
)

_APPEND_ONLY = {
    "sqlite": tuple(
        f"CREATE TRIGGER IF NOT EXISTS identity_audit_no_{verb} BEFORE {verb} ON identity_audit"
        " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        """
        CREATE OR REPLACE FUNCTION identity_audit_kept() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$
        """,
        """
        CREATE OR REPLACE TRIGGER identity_audit_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON identity_audit
        FOR EACH STATEMENT EXECUTE FUNCTION identity_audit_kept()
        """,
    ),
}


def prepare(engine: Engine) -> None:
    """Create what is missing."""
    with writing(engine) as connection:
        alone(connection)
        METADATA.create_all(connection)
        for statement in _APPEND_ONLY[engine.dialect.name]:
            connection.exec_driver_sql(statement)
