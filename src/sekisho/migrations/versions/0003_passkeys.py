"""Passkeys, and the challenges of theirs that are spent."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    number, octets = sa.BigInteger(), sa.LargeBinary()
    op.create_table(
        "passkey",
        sa.Column(
            "method",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("account", number, nullable=False),
        sa.Column("credential", octets, nullable=False),
        sa.Column("public_key", octets, nullable=False),
        sa.Column("sign_count", number, nullable=False),
        sa.Column("flags", sa.SmallInteger(), nullable=False),
        sa.Column("aaguid", octets, nullable=False),
        sa.Column("transports", sa.Text(), nullable=False),
        sa.Column("regressed_at", number),
    )
    op.create_index("passkey_credential", "passkey", ["credential"], unique=True)
    op.create_index("passkey_account", "passkey", ["account"])
    op.create_table(
        "passkey_spent",
        sa.Column("challenge", octets, primary_key=True),
        sa.Column("ends_at", number, nullable=False),
    )
    op.create_index("passkey_spent_ends", "passkey_spent", ["ends_at"])
