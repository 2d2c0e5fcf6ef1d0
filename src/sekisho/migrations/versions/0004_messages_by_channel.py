"""Messages are claimed by channel, so that what is due is found by it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_OPEN = sa.text("state IN (0, 1)")


def upgrade() -> None:
    """Put the channel before the time."""
    op.drop_index("message_due", "message")
    op.create_index(
        "message_due_by",
        "message",
        ["channel", "due_at"],
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    )
