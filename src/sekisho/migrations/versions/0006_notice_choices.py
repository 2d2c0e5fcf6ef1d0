"""Notices that owners turned off."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "notice_off",
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("turned_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "kind", "channel"),
        sqlite_with_rowid=False,
    )
