"""Check-ups, and since when two-step verification is on."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the table and the column; where it is on already, since when is not known."""
    number = sa.BigInteger()
    op.add_column("account", sa.Column("two_step_at", number))
    op.create_table(
        "checkup",
        sa.Column(
            "account",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("contacts_at", number),
        sa.Column("second_step_at", number),
    )
