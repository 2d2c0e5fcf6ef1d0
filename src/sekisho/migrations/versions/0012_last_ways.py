"""By which ways a browser last signed in, to offer those first."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column; of earlier sign-ins it is not known."""
    op.add_column("device", sa.Column("methods", sa.Text()))
