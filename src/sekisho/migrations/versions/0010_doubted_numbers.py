"""Until when a code to a phone is not enough by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column, and find phones by their number."""
    op.add_column("contact", sa.Column("doubted_until", sa.BigInteger()))
    is_phone = sa.text("kind = 'phone'")
    op.create_index(
        "contact_phone", "contact", ["blind"], sqlite_where=is_phone, postgresql_where=is_phone
    )
