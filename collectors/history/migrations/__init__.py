"""How a database of the history came to its newest tables (alembic)."""
