"""What was sent to phones and what it cost, and the stops that follow from it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    number, octets = sa.BigInteger(), sa.LargeBinary()
    key = number.with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "phone_message",
        sa.Column("message", key, primary_key=True, autoincrement=False),
        sa.Column("prefix", octets, nullable=False),
        sa.Column("sent_at", number, nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
    )
    op.create_index("phone_message_prefix", "phone_message", ["prefix", "sent_at"])
    op.create_table(
        "phone_day",
        sa.Column("id", key, primary_key=True, autoincrement=False),
        sa.Column("cost", number, nullable=False),
    )
    op.create_table(
        "phone_stop",
        sa.Column("what", octets, primary_key=True),
        sa.Column("sealed", octets, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("stopped_at", number, nullable=False),
        sa.Column("until_at", number, nullable=False),
    )
