"""Runs migrations on the connection that ``collectors.history.schema`` opened."""

from alembic import context

from collectors.history.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table="history_version",
)
with context.begin_transaction():
    context.run_migrations()
