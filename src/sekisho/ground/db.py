"""The database: statements, one unit of work, and the retrying of work that met another's.

SQL is written as SQL, once, in each feature's `store.py`; both stores take the same text. A unit of
work goes *gather, judge, keep, tell*: all reading comes before the first `keep`, and what is kept
goes to the store together when the work ends: on PostgreSQL as one statement (one round trip), on
SQLite inside `BEGIN IMMEDIATE`. What was judged from a row is protected by a `guard` on that row:
when another work changed it meanwhile, nothing is kept and the whole work is done again.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, Protocol, TypeVar

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

from sekisho.ground import ids
from sekisho.ground.chance import Chance
from sekisho.ground.clock import Clock
from sekisho.ground.keys import Keys
from sekisho.ground.turns import Turns

METADATA = MetaData()
META = Table(  # what the store knows of itself: the mark of its key, its high-water mark of time
    "meta",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
# A primary key. SQLite's own name for it makes it the place of the row: no index beside the table.
NUMBER = BigInteger().with_variant(Integer(), "sqlite")
# PostgreSQL: rows that are updated soon after find room on their page (heap-only updates).
ROOM_FOR_UPDATES = {"fillfactor": "60"}
Value = int | str | bytes | bool | None
Row = tuple[Any, ...]  # columns as the statement names them
Outcome = TypeVar("Outcome")

_ATTEMPTS = 40
_NAME = re.compile(r"(?<!:):([a-z_]+)")


class Unavailable(Exception):
    """The store cannot be reached or written to; nothing of this work was kept."""


class Conflict(Exception):
    """Another work was faster; nothing was kept, and the work is done again.

    `on` are the numbers (flows, subjects) to wait for in line on the next attempt.
    """

    def __init__(self, on: frozenset[int] = frozenset()) -> None:
        """Remember what to wait for."""
        super().__init__("another work was faster")
        self.on = on


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One SQL statement with `:names`, ready for both stores; made once, by `sql`."""

    text: str
    names: tuple[str, ...]
    sqlite: str
    postgres: str = field(repr=False)
    alone: bytes = field(repr=False)  # the PostgreSQL text with its parameters numbered from 1

    def numbered(self, first: int) -> str:
        """Return the PostgreSQL text with its parameters numbered from `first`."""
        return _number(self.postgres, first)


def sql(text: str, *, postgres: str = "") -> Statement:
    """Make a statement; `postgres` is a tail for that store alone (FOR UPDATE SKIP LOCKED)."""
    text = " ".join(text.split())
    names = tuple(_NAME.findall(text))
    whole = f"{text} {postgres}".strip()
    return Statement(text, names, _NAME.sub("?", text), whole, _number(whole, 1).encode())


def _number(text: str, first: int) -> str:
    numbers = count(first)
    return _NAME.sub(lambda _: f"${next(numbers)}", text)


class Transaction(Protocol):
    """What a store gives a unit of work; two stores, two of these."""

    def fetch(self, statement: Statement, values: dict[str, Value]) -> list[Row]:
        """Read now."""

    def keep(self, statement: Statement, values: dict[str, Value]) -> None:
        """Write when the work ends."""

    def guard(self, statement: Statement, values: dict[str, Value], on: int) -> None:
        """Write exactly one row when the work ends, or keep nothing and try again."""

    def require(self, statement: Statement, values: dict[str, Value], on: int) -> None:
        """Keep only if this finds one row when the work ends, which nobody changes meanwhile."""

    def run(self, statement: Statement, values: dict[str, Value]) -> list[Row]:
        """Write now, inside a transaction, and read what it returns."""


class Store(Protocol):
    """A kind of database: SQLite or PostgreSQL."""

    name: str
    turns: Turns

    def reading(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that only reads."""

    def writing(self, wait_for: frozenset[int]) -> AbstractContextManager[Transaction]:
        """Open a transaction that commits when it is left without an exception."""

    def close(self) -> None:
        """Let go of the connections that no work uses."""


class Work:
    """One unit of work: the moment, chance, keys and the transaction. Made only by `Database`."""

    __slots__ = ("_kept", "_last_id", "_tx", "chance", "is_again", "keys", "now", "rung")

    def __init__(
        self, tx: Transaction, now: datetime, chance: Chance, keys: Keys, *, is_again: bool = False
    ) -> None:
        """Begin at `now`, read once; `is_again` says that what was read before is out of date."""
        self.is_again = is_again
        self._tx = tx
        self._kept = False
        self._last_id = 0
        self.now = now
        self.chance = chance
        self.keys = keys
        self.rung = False

    def new_id(self) -> int:
        """Draw the id of a new row; the ids of one work rise, so what it tells stands in order."""
        if self._last_id:
            self._last_id += 1
        else:
            self._last_id = ids.made(self.now, int.from_bytes(self.chance.octets(3), "big"))
        return self._last_id

    def one(self, statement: Statement, /, **values: Value) -> Row | None:
        """Return the first row, or None."""
        rows = self.all(statement, **values)
        return rows[0] if rows else None

    def all(self, statement: Statement, /, **values: Value) -> list[Row]:
        """Return all rows. Gathering comes before keeping."""
        if self._kept:
            message = f"gather before you keep: {statement.text[:60]}"
            raise AssertionError(message)
        return self._tx.fetch(statement, values)

    def keep(self, statement: Statement, /, **values: Value) -> None:
        """Write this when the work ends."""
        self._kept = True
        self._tx.keep(statement, values)

    def guard(self, statement: Statement, on: int, /, **values: Value) -> None:
        """Write this one row when the work ends; none or another's means doing the work again."""
        self._kept = True
        self._tx.guard(statement, values, on)

    def require(self, statement: Statement, on: int, /, **values: Value) -> None:
        """Keep what this work keeps only if this one row is still so; gathering may go on."""
        self._tx.require(statement, values, on)

    def run(self, statement: Statement, /, **values: Value) -> list[Row]:
        """Write at once and return its RETURNING rows; for work whose size only the store knows."""
        return self._tx.run(statement, values)

    def ring(self) -> None:
        """Wake the message worker once this work is committed."""
        self.rung = True


class Database:
    """The store with the clock, chance and keys that its works get.

    A class because it holds connections. `bell` is rung after a commit that asked for it, `step`
    is told each named write before and after its commit (tests stop the process there).
    """

    def __init__(self, store: Store, clock: Clock, chance: Chance, keys: Keys) -> None:
        """Hold a store that is ready: migrated, and made under these keys."""
        self.store = store
        self.clock = clock
        self.chance = chance
        self.keys = keys
        self.bell: Callable[[], None] = _silent
        self.step: Callable[[str], None] = _unwatched

    def aside(self) -> Work:
        """Return a work that touches no store, for what is kept by its holder (a ticket)."""
        return Work(_NOTHING, self.clock.now(), self.chance, self.keys)

    def read(self, act: Callable[[Work], Outcome]) -> Outcome:
        """Do work that only reads; a connection that went stale is made anew once."""
        try:
            return self._read(act)
        except Conflict:
            return self._read(act)

    def write(self, step: str, act: Callable[[Work], Outcome]) -> Outcome:
        """Do work and commit it, again when another was faster. `step` names it in tests and logs.

        Raises Unavailable when the store cannot keep it; then nothing of it was kept.
        """
        wait_for: frozenset[int] = frozenset()
        for attempt in range(_ATTEMPTS):
            try:
                with self.store.writing(wait_for) as tx:
                    now = self.clock.now()
                    work = Work(tx, now, self.chance, self.keys, is_again=attempt > 0)
                    outcome = act(work)
                    self.step(f"{step}:before")
            except Conflict as conflict:
                wait_for |= conflict.on
                continue
            self.step(f"{step}:after")
            if work.rung:
                self.bell()
            return outcome
        raise Unavailable

    def _read(self, act: Callable[[Work], Outcome]) -> Outcome:
        with self.store.reading() as tx:
            return act(Work(tx, self.clock.now(), self.chance, self.keys))


class _NoTransaction:
    """The transaction of a work that may not touch a store."""

    def fetch(self, statement: Statement, values: dict[str, Value]) -> list[Row]:
        raise AssertionError(statement.text, values.keys())

    def keep(self, statement: Statement, values: dict[str, Value]) -> None:
        self.fetch(statement, values)

    def guard(self, statement: Statement, values: dict[str, Value], on: int) -> None:
        del on
        self.fetch(statement, values)

    def require(self, statement: Statement, values: dict[str, Value], on: int) -> None:
        self.guard(statement, values, on)

    def run(self, statement: Statement, values: dict[str, Value]) -> list[Row]:
        return self.fetch(statement, values)


_NOTHING = _NoTransaction()


def _silent() -> None:
    """Ring nobody."""


def _unwatched(step: str) -> None:
    """Watch no step."""
    del step
