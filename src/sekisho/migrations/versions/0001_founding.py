"""The founding tables: accounts, contacts, flows, books, messages, sessions, devices, events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    number, octets = sa.BigInteger(), sa.LargeBinary()
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
    )
    op.create_table(
        "account",
        sa.Column("id", key, primary_key=True, autoincrement=False),
        sa.Column("contact", number, nullable=False),
        sa.Column("may_sign_in", sa.SmallInteger(), nullable=False),
        sa.Column("two_step", sa.SmallInteger(), nullable=False),
        sa.Column("voided_at", number, nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("zone", sa.Text()),
        sa.Column("created_at", number, nullable=False),
    )
    op.create_table(
        "contact",
        sa.Column("id", key, primary_key=True, autoincrement=False),
        sa.Column("account", number, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sealed", octets, nullable=False),
        sa.Column("blind", octets, nullable=False),
        sa.Column("folded", octets, nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("is_name", sa.SmallInteger(), nullable=False),
        sa.Column("flow", number, nullable=False),
        sa.Column("added_at", number, nullable=False),
        sa.Column("verified_at", number),
        sa.Column("removed_at", number),
    )
    names = sa.text("is_name = 1")
    op.create_index(
        "contact_name",
        "contact",
        ["blind"],
        unique=True,
        sqlite_where=names,
        postgresql_where=names,
    )
    op.create_index("contact_account", "contact", ["account"])
    op.create_table(
        "proof",
        sa.Column("id", key, primary_key=True, autoincrement=False),
        sa.Column("session", number, nullable=False),
        sa.Column("bound", octets, nullable=False),
        sa.Column("proved_at", number, nullable=False),
    )
    op.create_index("proof_session", "proof", ["session"])
    op.create_table(
        "book",
        sa.Column("subject", key, primary_key=True, autoincrement=False),
        sa.Column("version", number, nullable=False),
        sa.Column("pages", octets, nullable=False),
        sa.Column("changed_at", number, nullable=False),
        postgresql_with={"fillfactor": "60"},
    )
    op.create_table(
        "flow",
        sa.Column("id", key, primary_key=True, autoincrement=False),
        sa.Column("purpose", sa.SmallInteger(), nullable=False),
        sa.Column("subject", number, nullable=False),
        sa.Column("account", number),
        sa.Column("lane", number, nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("opened_at", number, nullable=False),
        sa.Column("stepped_at", number, nullable=False),
        sa.Column("version", number, nullable=False),
        sa.Column("asked", sa.SmallInteger(), nullable=False),
        sa.Column("challenge", number, nullable=False),
        sa.Column("digits", sa.SmallInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("mac", octets, nullable=False),
        sa.Column("sent_at", number, nullable=False),
        sa.Column("ends_at", number, nullable=False),
        sa.Column("resend_at", number, nullable=False),
        sa.Column("message", number, nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("earlier", octets, nullable=False),
        sa.Column("method", number, nullable=False),
        sa.Column("proved", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        postgresql_with={"fillfactor": "60"},
    )
    op.create_table(
        "message",
        sa.Column("id", key, primary_key=True, autoincrement=False),
        sa.Column("account", number, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("label", sa.Text()),
        sa.Column("created_at", number, nullable=False),
        sa.Column("due_at", number, nullable=False),
        sa.Column("ends_at", number),
        sa.Column("attempts", number, nullable=False),
        sa.Column("sealed", octets),
        sa.Column("timeline", sa.Text(), nullable=False),
    )
    waits = sa.text("state IN (0, 1)")
    op.create_index(
        "message_due", "message", ["due_at"], postgresql_where=waits, sqlite_where=waits
    )
    op.create_table(
        "session",
        sa.Column("id", key, primary_key=True, autoincrement=False),
        sa.Column("account", number, nullable=False),
        sa.Column("secret", octets, nullable=False),
        sa.Column("methods", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("country", sa.Text()),
        sa.Column("created_at", number, nullable=False),
        sa.Column("last_used_at", number, nullable=False),
        sa.Column("ends_at", number, nullable=False),
    )
    op.create_index("session_account", "session", ["account"])
    op.create_table(
        "device",
        sa.Column("account", number, nullable=False),
        sa.Column("id", number, nullable=False),
        sa.Column("secret", octets, nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("first_at", number, nullable=False),
        sa.Column("last_at", number, nullable=False),
        sa.PrimaryKeyConstraint("account", "id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event",
        sa.Column("id", key, primary_key=True, autoincrement=False),
        sa.Column("account", number, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("ip", octets, nullable=False),
        sa.Column("country", sa.Text()),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("label", sa.Text()),
        sa.Column("reasons", sa.Text()),
    )
    op.create_index("event_account", "event", ["account", "id"])
