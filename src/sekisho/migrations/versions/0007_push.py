"""Phones that approve, and what they were asked."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    number, octets, small = sa.BigInteger(), sa.LargeBinary(), sa.SmallInteger()
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "push_phone",
        sa.Column("method", key, primary_key=True, autoincrement=False),
        sa.Column("account", number, nullable=False),
        sa.Column("pairing", octets, nullable=False),
        sa.Column("public_key", octets),
        sa.Column("secret", octets),
        sa.Column("subscription", octets),
    )
    op.create_index("push_phone_pairing", "push_phone", ["pairing"], unique=True)
    op.create_index("push_phone_account", "push_phone", ["account"])
    op.create_table(
        "push_ask",
        sa.Column("id", key, primary_key=True, autoincrement=False),
        sa.Column("account", number, nullable=False),
        sa.Column("flow", number, nullable=False),
        sa.Column("purpose", small, nullable=False),
        sa.Column("method", number, nullable=False),
        sa.Column("lane", number, nullable=False),
        sa.Column("state", small, nullable=False),
        sa.Column("held", small, nullable=False),
        sa.Column("counts", small, nullable=False),
        sa.Column("digits", small, nullable=False),
        sa.Column("tries", small, nullable=False),
        sa.Column("nonce", octets, nullable=False),
        sa.Column("sealed", octets, nullable=False),
        sa.Column("ends_at", number, nullable=False),
        sa.Column("decided_at", number),
        sa.Column("decided_by", number, nullable=False),
        sa.Column("reported", small, nullable=False),
        sa.Column("message", number, nullable=False),
    )
    _index("push_ask_account", ["account", "id"], "counts = 1", unique=False)
    one_waits = "state = 0 AND held = 0 AND purpose > 0"
    _index("push_ask_waiting", ["account"], one_waits, unique=True)


def _index(name: str, columns: list[str], where: str, *, unique: bool) -> None:
    condition = sa.text(where)
    op.create_index(
        name,
        "push_ask",
        columns,
        unique=unique,
        postgresql_where=condition,
        sqlite_where=condition,
    )
