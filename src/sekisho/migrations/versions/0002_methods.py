"""The methods of accounts: what they have registered to prove who they are."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    number, octets = sa.BigInteger(), sa.LargeBinary()
    pending, removed = sa.text("state = 0"), sa.text("state = 2")
    op.create_table(
        "method",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("account", number, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("sealed", octets, nullable=False),
        sa.Column("public", octets),
        sa.Column("counter", number, nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", number, nullable=False),
        sa.Column("confirmed_at", number),
        sa.Column("last_used_at", number),
        sa.Column("removed_at", number),
        postgresql_with={"fillfactor": "60"},
    )
    op.create_index("method_account", "method", ["account"])
    op.create_index(
        "method_pending",
        "method",
        ["account", "kind"],
        unique=True,
        postgresql_where=pending,
        sqlite_where=pending,
    )
    op.create_index(
        "method_removed", "method", ["removed_at"], postgresql_where=removed, sqlite_where=removed
    )
