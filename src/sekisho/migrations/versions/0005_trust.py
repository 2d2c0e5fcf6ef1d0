"""Trusted browsers; sessions and familiar browsers know each other and where they were."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table, and the columns that join the other two."""
    number = sa.BigInteger()
    op.create_table(
        "trust",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("account", number, nullable=False),
        sa.Column("device", number, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("trusted_at", number, nullable=False),
        sa.Column("last_used_at", number, nullable=False),
        sa.Column("ends_at", number, nullable=False),
    )
    op.create_index("trust_of", "trust", ["account", "device"], unique=True)
    op.add_column("session", sa.Column("browser", number))
    op.add_column("device", sa.Column("country", sa.Text()))
