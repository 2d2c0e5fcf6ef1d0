"""The table of test messages: a row each, whose key is the message's, which holds its time."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table

from sekisho.ground import ids
from sekisho.ground.db import METADATA, NUMBER, Work, sql

KEPT = timedelta(days=90)  # as long as the messages themselves

TRIAL = Table(
    "trial",
    METADATA,
    Column("message", NUMBER, primary_key=True, autoincrement=False),
    Column("address", LargeBinary, nullable=False),
    Column("contact", BigInteger, nullable=False),
    Index("trial_address", "address", "message"),
    Index("trial_contact", "contact", "message"),
)
TABLES = (TRIAL,)

_ADD = sql("INSERT INTO trial (message, address, contact) VALUES (:message, :address, :contact)")
_SENT = sql(
    "SELECT message FROM trial WHERE address = :address AND message >= :since"
    " ORDER BY message DESC LIMIT 50"
)
_NEWEST = sql("SELECT message FROM trial WHERE contact = :contact ORDER BY message DESC LIMIT 1")
_OLD = sql(
    "DELETE FROM trial WHERE message IN (SELECT message FROM trial WHERE message < :edge"
    " LIMIT 1000) RETURNING message"
)


def add(work: Work, message: int, address: bytes, contact: int) -> None:
    """Keep that a test was sent."""
    work.keep(_ADD, message=message, address=address, contact=contact)


def sent_at(work: Work, address: bytes, since: datetime) -> list[datetime]:
    """Return when tests went to an address since then, newest first."""
    rows = work.all(_SENT, address=address, since=ids.floor(since))
    return [ids.drawn_at(row[0]) for row in rows]


def newest(work: Work, contact: int) -> int | None:
    """Return the message of the newest test of a contact."""
    row = work.one(_NEWEST, contact=contact)
    return row[0] if row else None


def sweep(work: Work, edge: datetime) -> int:
    """Delete up to 1,000 from before `edge`; return how many."""
    return len(work.run(_OLD, edge=ids.floor(edge)))
