"""The table of notices that an owner turned off. What has no row is sent."""

from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Table, Text

from sekisho.ground.clock import micros
from sekisho.ground.db import METADATA, Work, sql

NOTICE_OFF = Table(
    "notice_off",
    METADATA,
    Column("account", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("turned_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("account", "kind", "channel"),
    sqlite_with_rowid=False,
)
TABLES = (NOTICE_OFF,)

_OFF = sql("SELECT kind, channel FROM notice_off WHERE account = :account")
_TURN_OFF = sql(
    "INSERT INTO notice_off (account, kind, channel, turned_at)"
    " VALUES (:account, :kind, :channel, :at) ON CONFLICT (account, kind, channel) DO NOTHING"
)
_TURN_ON = sql(
    "DELETE FROM notice_off WHERE account = :account AND kind = :kind AND channel = :channel"
)


def off(work: Work, account: int) -> frozenset[tuple[str, str]]:
    """Return what an account turned off: kinds and channels."""
    return frozenset((row[0], row[1]) for row in work.all(_OFF, account=account))


def turn(work: Work, account: int, kind: str, channel: str, *, is_on: bool) -> None:
    """Keep that a kind is sent by a channel, or is not."""
    if is_on:
        work.keep(_TURN_ON, account=account, kind=kind, channel=channel)
        return
    work.keep(_TURN_OFF, account=account, kind=kind, channel=channel, at=micros(work.now))
