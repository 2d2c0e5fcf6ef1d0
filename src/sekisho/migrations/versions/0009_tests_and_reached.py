"""Test messages, and which addresses messages do not reach."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables, and the column that says which messages went to one address."""
    number, octets = sa.BigInteger(), sa.LargeBinary()
    op.add_column("message", sa.Column("address", octets))
    op.create_table(
        "unreached",
        sa.Column("address", octets, primary_key=True),
        sa.Column("message", number, nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("failed_at", number, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "trial",
        sa.Column(
            "message",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("address", octets, nullable=False),
        sa.Column("contact", number, nullable=False),
    )
    op.create_index("trial_address", "trial", ["address", "message"])
    op.create_index("trial_contact", "trial", ["contact", "message"])
