"""The table of addresses that messages do not reach. What has no row is reached, or untried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Column, LargeBinary, Table, Text

from sekisho.ground.clock import instant, micros
from sekisho.ground.db import METADATA, Statement, Value, Work, sql

UNREACHED = Table(
    "unreached",
    METADATA,
    Column("address", LargeBinary, primary_key=True),
    Column("message", BigInteger, nullable=False),
    Column("word", Text, nullable=False),
    Column("failed_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
TABLES = (UNREACHED,)

_AGAIN = (
    " ON CONFLICT (address) DO UPDATE SET message = excluded.message, word = excluded.word,"
    " failed_at = excluded.failed_at"
)
_REFUSED = sql(
    "INSERT INTO unreached (address, message, word, failed_at)"  # noqa: S608  # a constant
    f" VALUES (:address, :message, 'refused', :at){_AGAIN}"
)
_BOUNCED = sql(
    "INSERT INTO unreached (address, message, word, failed_at)"  # noqa: S608  # a constant
    " SELECT address, id, 'bounced', CAST(:at AS BIGINT) FROM message"
    f" WHERE id = :message AND address IS NOT NULL{_AGAIN}"
)
_DELIVERED = sql(
    "DELETE FROM unreached WHERE message <= :message"
    " AND address = (SELECT address FROM message WHERE id = :message_too)"
)
_FORGET = sql("DELETE FROM unreached WHERE address = :address")
_OLD = sql(
    "DELETE FROM unreached WHERE address IN (SELECT address FROM unreached"
    " WHERE failed_at < :edge LIMIT 1000) RETURNING address"
)
# Few shapes of statement, the gaps filled, so that PostgreSQL prepares each once.
_SIZES: Final = (1, 8, 50)
_PLACES: Final = tuple(f"{one}{other}" for one in "ab" for other in "abcdefghijklmnopqrstuvwxyz")


def _among(size: int) -> str:
    return ", ".join(f":address_{place}" for place in _PLACES[:size])


_FIND = {
    size: sql(
        f"SELECT address, word, failed_at FROM unreached WHERE address IN ({_among(size)})"  # noqa: S608  # places of parameters
    )
    for size in _SIZES
}
_TAKEN = {
    size: sql(f"DELETE FROM unreached WHERE word = 'refused' AND address IN ({_among(size)})")  # noqa: S608  # places of parameters
    for size in _SIZES
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Since when an address is not reached: `refused` by its server, or `bounced` later."""

    word: str
    at: datetime


def fail(work: Work, address: bytes, message: int) -> None:
    """Mark an address whose server refused a message; at once, in the worker's transaction."""
    work.run(_REFUSED, address=address, message=message, at=micros(work.now))


def forget_refused(work: Work, addresses: Sequence[bytes]) -> None:
    """Take refusals back."""
    for statement, values in _groups(_TAKEN, addresses):
        work.run(statement, **values)


def bounce(work: Work, message: int) -> None:
    """Mark the address of a message that came back."""
    work.keep(_BOUNCED, message=message, at=micros(work.now))


def deliver(work: Work, message: int) -> None:
    """Take back what is marked for the address of a message, and was sent no later than it."""
    work.keep(_DELIVERED, message=message, message_too=message)


def forget(work: Work, address: bytes) -> None:
    """Take a mark back."""
    work.keep(_FORGET, address=address)


def find(work: Work, addresses: Sequence[bytes]) -> dict[bytes, Failure]:
    """Return the marks of these addresses."""
    return {
        bytes(row[0]): Failure(row[1], instant(row[2]))
        for statement, values in _groups(_FIND, addresses)
        for row in work.all(statement, **values)
    }


def sweep(work: Work, edge: int) -> int:
    """Delete up to 1,000 older than `edge` (microseconds); return how many."""
    return len(work.run(_OLD, edge=edge))


def _groups(
    shapes: dict[int, Statement], addresses: Sequence[bytes]
) -> list[tuple[Statement, dict[str, Value]]]:
    found = []
    for first in range(0, len(addresses), _SIZES[-1]):
        group = addresses[first : first + _SIZES[-1]]
        size = next(size for size in _SIZES if size >= len(group))
        filled = [*group, *[group[0]] * (size - len(group))]
        values: dict[str, Value] = {
            f"address_{place}": address for place, address in zip(_PLACES, filled, strict=False)
        }
        found.append((shapes[size], values))
    return found
