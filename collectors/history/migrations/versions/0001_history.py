"""The tables of the history."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "history_series",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("slo_id", sa.String, nullable=False),
        sa.Column("labels", sa.String, nullable=False),
        sa.Column("region", sa.String, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.UniqueConstraint("slo_id", "labels", "region"),
    )
    op.create_table(
        "history_days",
        sa.Column("series", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hourly", sa.Integer, nullable=False),
        sa.Column("slots", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "history_watermarks",
        sa.Column("slo_id", sa.String, primary_key=True),
        sa.Column("region", sa.String, primary_key=True),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "history_objectives",
        sa.Column("slo_id", sa.String, primary_key=True),
        sa.Column("since", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("objective", sa.String, nullable=False),
        sa.Column("period", sa.String, nullable=False),
    )
    writers = op.create_table(
        "history_writers",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("writes", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(writers, [{"id": 1, "writes": 0}])


def downgrade() -> None:
    """Drop them."""
    for name in ("writers", "objectives", "watermarks", "days", "series"):
        op.drop_table(f"history_{name}")
