"""What was sent to phones: a row a message for its hour, a day's cost in several rows, and stops.

No row is every request's: the day's cost lies in sixteen, and a block of numbers in one for each of
its messages. So a sum may miss what is being written at this moment.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, Index, LargeBinary, SmallInteger, Table, Text

from sekisho.ground.clock import instant, micros
from sekisho.ground.db import METADATA, NUMBER, Work, sql
from sekisho.records.spending.rules import HOUR, Counted, Policy, day_of

OPEN, TYPED, NOT_JUDGED = 0, 1, 2  # of a message: what its code became
SHARDS = 16
_KEPT = timedelta(days=2)
OF_THE_DAY = b"day"  # the stop of a whole day

PHONE_MESSAGE = Table(
    "phone_message",
    METADATA,
    Column("message", NUMBER, primary_key=True, autoincrement=False),
    Column("prefix", LargeBinary, nullable=False),
    Column("sent_at", BigInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Index("phone_message_prefix", "prefix", "sent_at"),
)
PHONE_DAY = Table(
    "phone_day",
    METADATA,
    Column("id", NUMBER, primary_key=True, autoincrement=False),  # day and shard
    Column("cost", BigInteger, nullable=False),
)
PHONE_STOP = Table(
    "phone_stop",
    METADATA,
    Column("what", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("why", Text, nullable=False),
    Column("stopped_at", BigInteger, nullable=False),
    Column("until_at", BigInteger, nullable=False),
)
TABLES = (PHONE_MESSAGE, PHONE_DAY, PHONE_STOP)

_COUNT = sql("""
    SELECT COUNT(*),
      COUNT(CASE WHEN sent_at > :begin AND (state = 1 OR (state = 0 AND sent_at <= :ripe))
            THEN 1 END),
      COUNT(CASE WHEN sent_at > :begin AND state = 1 THEN 1 END)
    FROM phone_message WHERE prefix = :prefix AND sent_at > :hour""")
_SPENT = sql("SELECT CAST(SUM(cost) AS BIGINT) FROM phone_day WHERE id >= :first AND id < :beyond")
_STOP = sql("SELECT until_at FROM phone_stop WHERE what = :what AND until_at > :now")
_SEND = sql(
    "INSERT INTO phone_message (message, prefix, sent_at, state)"
    " VALUES (:message, :prefix, :at, :state)"
)
_COST = sql(
    "INSERT INTO phone_day (id, cost) VALUES (:id, :cost)"
    " ON CONFLICT (id) DO UPDATE SET cost = phone_day.cost + excluded.cost"
)
_TYPED = sql("UPDATE phone_message SET state = 1 WHERE message = :message AND state = 0")
_HOLD = sql(
    "INSERT INTO phone_stop (what, sealed, why, stopped_at, until_at)"
    " VALUES (:what, :sealed, :why, :at, :until)"
    " ON CONFLICT (what) DO UPDATE SET sealed = excluded.sealed, why = excluded.why,"
    " stopped_at = excluded.stopped_at, until_at = excluded.until_at"
)
_STOPPED = sql(
    "SELECT what, sealed, why, until_at FROM phone_stop WHERE until_at > :now ORDER BY stopped_at"
)
_OLD = sql(
    "DELETE FROM phone_message WHERE message IN"
    " (SELECT message FROM phone_message WHERE sent_at < :edge LIMIT 1000) RETURNING message"
)
_OLD_DAYS = sql("DELETE FROM phone_day WHERE id < :first RETURNING id")
_OLD_STOPS = sql("DELETE FROM phone_stop WHERE until_at < :edge RETURNING why")


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stop that holds: the block of numbers (nothing for the whole day), why, until when."""

    prefix: str
    why: str
    until: datetime


def count(work: Work, prefix: bytes, policy: Policy) -> Counted:
    """Return what was sent to a block, and what the day has cost so far."""
    now = work.now
    row = work.one(
        _COUNT,
        prefix=prefix,
        hour=micros(now - HOUR),
        begin=micros(now - 2 * policy.window),
        ripe=micros(now - policy.window),
    )
    first = _first(now)
    spent = work.one(_SPENT, first=first, beyond=first + SHARDS)
    stop = work.one(_STOP, what=prefix, now=micros(now))
    hour, judged, typed = row or (0, 0, 0)
    return Counted(
        hour=hour,
        judged=judged,
        typed=typed,
        spent=int(spent[0] or 0) if spent else 0,
        stopped_until=instant(stop[0]) if stop else None,
    )


def keep(work: Work, message: int, prefix: bytes, cost: int, state: int) -> None:
    """Keep that a message went to a block, and what it cost."""
    work.keep(_SEND, message=message, prefix=prefix, at=micros(work.now), state=state)
    work.keep(_COST, id=_first(work.now) + message % SHARDS, cost=cost)


def typed(work: Work, message: int) -> None:
    """Keep that the code of a message was given back."""
    work.keep(_TYPED, message=message)


def hold(work: Work, what: bytes, sealed: bytes, why: str, until: datetime) -> None:
    """Keep a stop."""
    work.keep(_HOLD, what=what, sealed=sealed, why=why, at=micros(work.now), until=micros(until))


def stopped(work: Work) -> list[tuple[bytes, bytes, str, datetime]]:
    """Return the stops that hold: what, sealed, why, until when."""
    rows = work.all(_STOPPED, now=micros(work.now))
    return [(what, sealed, why, instant(until)) for what, sealed, why, until in rows]


def sweep(work: Work) -> int:
    """Delete what no window reaches any more; return how many rows."""
    edge = work.now - _KEPT
    gone = len(work.run(_OLD, edge=micros(edge)))
    gone += len(work.run(_OLD_DAYS, first=_first(edge)))
    return gone + len(work.run(_OLD_STOPS, edge=micros(edge)))


def _first(now: datetime) -> int:
    """Return the number of a day's first row."""
    return int(day_of(now).timestamp()) // 86_400 * SHARDS
