"""The outbox: one row a message, with its timeline. What is personal lies sealed in `sealed`.

`due_at` is when a worker may take it: the first try, the next one, or the end of a claim's lease.
`timeline` holds one JSON object a line, so that writers append without reading.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, Index, LargeBinary, SmallInteger, Table, Text, text

from sekisho.ground import ids
from sekisho.ground.clock import instant, micros
from sekisho.ground.db import METADATA, NUMBER, Statement, Value, Work, sql
from sekisho.records.delivery.rules import Claimed, Letter, Next, State

_OPEN = text("state IN (0, 1)")

MESSAGE = Table(
    "message",
    METADATA,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("account", BigInteger, nullable=False),  # a stand-in number for unknown names
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("label", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger),
    Column("attempts", BigInteger, nullable=False),
    Column("sealed", LargeBinary),
    Column("timeline", Text, nullable=False),
    Column("address", LargeBinary),  # a MAC of it: what bounces marks every message to it
    Index("message_due_by", "channel", "due_at", postgresql_where=_OPEN, sqlite_where=_OPEN),
)

_INSERT = sql("""
    INSERT INTO message
        (id, account, kind, channel, state, label, created_at, due_at, ends_at, attempts,
         sealed, timeline, address)
    VALUES (:id, :account, :kind, :channel, 0, :label, :now, :now, :ends_at, 0, :sealed, '',
        :address)""")

_SUPERSEDE = sql("""
    UPDATE message SET state = 4, sealed = NULL, timeline = timeline || CAST(:line AS TEXT)
    WHERE id = :id AND state IN (0, 1)""")

_TIMELINE = sql("SELECT timeline FROM message WHERE id = :id", postgres="FOR UPDATE")

_APPEND = sql("""
    UPDATE message SET timeline = timeline || CAST(:line AS TEXT) WHERE id = :id""")

_IS_DUE = sql(
    "SELECT 1 FROM message WHERE state IN (0, 1) AND channel = :channel AND due_at <= :now LIMIT 1"
)

_DUE = sql(
    """SELECT id, kind, channel, label, created_at, ends_at, attempts, sealed, address FROM message
    WHERE state IN (0, 1) AND channel = :channel AND due_at <= :now
    ORDER BY due_at LIMIT :most""",
    postgres="FOR UPDATE SKIP LOCKED",
)

_IS_CLAIMED = sql("SELECT 1 FROM message WHERE id = :id AND state = 1 AND attempts = :attempts")

_OLD = sql("""
    DELETE FROM message
    WHERE id IN (SELECT id FROM message WHERE id < :floor ORDER BY id LIMIT :most)
    RETURNING id""")

_SHOWN = "id, kind, channel, state, label, created_at, ends_at, attempts, timeline"

_RECENT = sql(f"""
    SELECT {_SHOWN} FROM message WHERE id < :before ORDER BY id DESC LIMIT :most""")  # noqa: S608 - a constant

_ONE = sql(f"SELECT {_SHOWN} FROM message WHERE id = :id")  # noqa: S608 - a constant

_PARKED = sql(f"""
    SELECT {_SHOWN} FROM message WHERE state = 5 ORDER BY id DESC LIMIT :most""")  # noqa: S608 - a constant

# Few shapes of statement, the gaps filled, so that PostgreSQL prepares each once.
_SIZES = (1, 8, 50)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PLACES = tuple(f"{one}{other}" for one in _LETTERS[:2] for other in _LETTERS)[: _SIZES[-1]]


def _claim(size: int) -> Statement:
    wanted = ", ".join(f":id_{place}" for place in _PLACES[:size])
    return sql(f"""
        UPDATE message SET state = 1, due_at = :lease_end, attempts = attempts + 1
        WHERE id IN ({wanted})""")  # noqa: S608 - places of parameters


def _note(size: int) -> Statement:
    # What was superseded meanwhile stays so. A hand-over counts even when the lease had passed on:
    # the worker that has it now then leaves it alone.
    told = ", ".join(
        f"(CAST(:id_{place} AS BIGINT), CAST(:attempts_{place} AS BIGINT),"
        f" CAST(:state_{place} AS SMALLINT), CAST(:due_{place} AS BIGINT),"
        f" CAST(:line_{place} AS TEXT))"
        for place in _PLACES[:size]
    )
    return sql(f"""
        UPDATE message SET
            state = CASE WHEN message.state = 1 THEN told.column3 ELSE message.state END,
            due_at = told.column4,
            sealed = CASE WHEN told.column3 = 0 THEN message.sealed END,
            timeline = message.timeline || told.column5
        FROM (VALUES {told}) AS told
        WHERE message.id = told.column1
          AND (message.attempts = told.column2 OR told.column3 = 2)""")  # noqa: S608 - places of parameters


_CLAIMS = {size: _claim(size) for size in _SIZES}
_NOTES = {size: _note(size) for size in _SIZES}


class Moment(msgspec.Struct, frozen=True):
    """One entry of a timeline; `at` in microseconds."""

    at: int
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as its list shows it: never its address, never its code."""

    id: int
    kind: str
    channel: str
    state: State
    label: str | None
    created_at: datetime
    ends_at: datetime | None
    attempts: int
    timeline: tuple[Moment, ...]


def keep(work: Work, number: int, letter: Letter, sealed: bytes, address: bytes) -> None:
    """Put a message into the outbox, due now."""
    work.keep(
        _INSERT,
        id=number,
        account=letter.account,
        kind=letter.kind,
        channel=letter.channel,
        label=letter.label,
        now=micros(work.now),
        ends_at=None if letter.ends_at is None else micros(letter.ends_at),
        sealed=sealed,
        address=address,
    )


def supersede(work: Work, number: int) -> None:
    """Take back a message that was not handed over yet, and erase what it held."""
    line = _line(work.now, State.SUPERSEDED.word, "")
    work.keep(_SUPERSEDE, id=number, line=line)


def timeline(work: Work, number: int) -> tuple[Moment, ...] | None:
    """Return what is written of a message, or None when there is none."""
    row = work.one(_TIMELINE, id=number)
    if row is None:
        return None
    return tuple(msgspec.json.decode(line, type=Moment) for line in row[0].splitlines())


def append(work: Work, number: int, word: str, detail: str) -> None:
    """Write what became of a message behind what is written of it."""
    work.keep(_APPEND, id=number, line=_line(work.now, word, detail))


def is_due(work: Work, channels: Iterable[str]) -> bool:
    """Say whether any message of these channels waits for a worker now."""
    now = micros(work.now)
    return any(work.one(_IS_DUE, channel=channel, now=now) is not None for channel in channels)


def claim(work: Work, channel: str, most: int, lease_end: datetime) -> list[Claimed]:
    """Take up to `most` due messages of a channel until `lease_end`; no other worker gets them."""
    most = min(most, _SIZES[-1])
    rows = work.run(_DUE, channel=channel, now=micros(work.now), most=most)
    if rows:
        size = _size(len(rows))
        numbers = [row[0] for row in rows] + [rows[0][0]] * (size - len(rows))
        values: dict[str, Value] = {
            f"id_{place}": number for place, number in zip(_PLACES, numbers, strict=False)
        }
        work.run(_CLAIMS[size], lease_end=micros(lease_end), **values)
    return [_claimed(row, work.now) for row in rows]


def is_claimed(work: Work, message: Claimed) -> bool:
    """Say whether this claim still holds: not superseded, not passed on, not removed."""
    return work.one(_IS_CLAIMED, id=message.id, attempts=message.attempts) is not None


def note(work: Work, results: Sequence[tuple[Claimed, Next]]) -> None:
    """Write what became of claimed messages, a group in each statement; at once, before a claim."""
    for first in range(0, len(results), _SIZES[-1]):
        group = results[first : first + _SIZES[-1]]
        size = _size(len(group))
        values: dict[str, Value] = {}
        for index, place in enumerate(_PLACES[:size]):
            values |= _told(place, group[index], work.now) if index < len(group) else _gap(place)
        work.run(_NOTES[size], **values)


def recent(work: Work, most: int, before: int | None) -> list[Sent]:
    """Return the newest messages, or those older than `before`."""
    rows = work.all(_RECENT, before=(1 << 63) - 1 if before is None else before, most=most)
    return [_sent(row) for row in rows]


def seen(work: Work, number: int) -> Sent | None:
    """Return one message."""
    row = work.one(_ONE, id=number)
    return _sent(row) if row else None


def parked(work: Work, most: int) -> list[Sent]:
    """Return the newest of the dead."""
    return [_sent(row) for row in work.all(_PARKED, most=most)]


def remove_old(work: Work, older_than: datetime, most: int) -> int:
    """Remove up to `most` messages made before `older_than`; return how many."""
    return len(work.run(_OLD, floor=ids.floor(older_than), most=most))


def _size(count: int) -> int:
    return next(size for size in _SIZES if size >= count)


def _told(place: str, result: tuple[Claimed, Next], now: datetime) -> dict[str, Value]:
    message, after = result
    return {
        f"id_{place}": message.id,
        f"attempts_{place}": message.attempts,
        f"state_{place}": int(after.state),
        f"due_{place}": micros(after.due_at),
        f"line_{place}": "" if after.word is None else _line(now, after.word, after.detail),
    }


def _gap(place: str) -> dict[str, Value]:
    return {f"{name}_{place}": None for name in ("id", "attempts", "state", "due", "line")}


def _line(now: datetime, word: str, detail: str) -> str:
    return msgspec.json.encode(Moment(micros(now), word, detail)).decode() + "\n"


def _claimed(row: tuple[Any, ...], now: datetime) -> Claimed:
    number, kind, channel, label, created_at, ends_at, attempts, sealed, address = row
    return Claimed(
        id=number,
        kind=kind,
        channel=channel,
        label=label,
        created_at=instant(created_at),
        ends_at=None if ends_at is None else instant(ends_at),
        attempts=attempts + 1,
        sealed=sealed,
        claimed_at=now,
        address=address,
    )


def _sent(row: tuple[Any, ...]) -> Sent:
    number, kind, channel, state, label, created_at, ends_at, attempts, timeline = row
    queued = Moment(created_at, "queued")
    after = (msgspec.json.decode(line, type=Moment) for line in timeline.splitlines())
    return Sent(
        id=number,
        kind=kind,
        channel=channel,
        state=State(state),
        label=label,
        created_at=instant(created_at),
        ends_at=None if ends_at is None else instant(ends_at),
        attempts=attempts,
        timeline=(queued, *after),
    )
