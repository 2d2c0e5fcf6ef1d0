"""Accounts made beforehand, written straight into the product's store, a million in minutes.

Accounts and addresses are made by the product's own verbs, whose writes are caught and put in by
the thousand. Past events are drawn by the database itself: of the right size, order and spread.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import psycopg

from bench.subjects import Person
from sekisho.authenticators import password
from sekisho.authenticators.password import hashing
from sekisho.ground import addresses, clock, ids, keys
from sekisho.ground.chance import SystemChance
from sekisho.ground.db import Statement, Value, Work, sql
from sekisho.records import accounts, contacts

_AGE = timedelta(days=400)  # the first account is so old
_PAST = timedelta(days=80)  # events reach back so far, within what is kept
_BATCH = 100  # rows in one statement on PostgreSQL
_LOT = 10_000  # accounts between two reports to the store
_MIXING = 7919  # a prime: the events of one account lie far apart
_SQLITE_PRAGMAS = (
    "PRAGMA synchronous=OFF",
    "PRAGMA cache_size=-1000000",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA wal_autocheckpoint=100000",
)
PASSWORD = "vu owl 37 kelps"
_METHOD = sql(
    "INSERT INTO method (id, account, kind, name, state, sealed, public, counter, failures,"
    " created_at, confirmed_at) VALUES (:id, :account, :kind, :name, 1, :sealed, :public, 0, 0,"
    " :at, :at_too)"
)
_EVENT = "event (id, account, kind, ip, country, device, label, reasons)"

Writes = dict[Statement, list[tuple[Value, ...]]]


class _Catching:
    """A transaction that keeps nothing but what it was given to keep."""

    def __init__(self) -> None:
        self.writes: Writes = {}

    def keep(self, statement: Statement, values: dict[str, Value]) -> None:
        told = tuple(values[name] for name in statement.names)
        self.writes.setdefault(statement, []).append(told)

    def guard(self, statement: Statement, values: dict[str, Value], on: int) -> None:
        del on
        self.keep(statement, values)

    def fetch(self, statement: Statement, values: dict[str, Value]) -> list[tuple[Value, ...]]:
        raise AssertionError(statement.text, values)

    def run(self, statement: Statement, values: dict[str, Value]) -> list[tuple[Value, ...]]:
        raise AssertionError(statement.text, values)


@dataclass(frozen=True, slots=True)
class Spread:
    """How ids lie in time: accounts first, their events over the last weeks, each mixed well."""

    people: int
    events: int
    first_account: int
    account_step: int
    first_event: int
    event_step: int

    def account(self, number: int) -> int:
        """Return the id of an account; those beyond the many lie just before the first."""
        if number >= self.people:
            return self.first_account - 1 - (number - self.people)
        return self.first_account + number * self.account_step

    def select(self, series: str, ip: str) -> str:
        """Return the SELECT that draws all events from a series of numbers `n`."""
        return (
            f"SELECT {self.first_event} + n * {self.event_step},"
            f" {self.first_account} + n * {_MIXING} % {self.people} * {self.account_step},"
            f" CASE n % 3 WHEN 0 THEN 7 ELSE 1 END, {ip}, 'JP', 'Chrome|Windows', 'K7', NULL"
            f" FROM {series}"
        )


def spread_over(people: int, events: int, now: datetime) -> Spread:
    """Spread so many accounts and events over the past."""
    oldest, middle = ids.floor(now - _AGE), ids.floor(now - _PAST)
    newest = ids.floor(now - timedelta(hours=1))
    event_step = (newest - middle) // max(1, events)
    return Spread(people, events, oldest, (middle - oldest) // people, middle, event_step)


def seed(url: str, key: Path, people: int, events: int, passwords: int) -> None:
    """Make so many accounts, each with an address and so many past events.

    After them come those with a password: `PASSWORD`, and no events.
    """
    spread = spread_over(people, people * events, datetime.now(UTC))
    lots = _lots(keys.load(key), spread, passwords)
    if url.startswith("sqlite:///"):
        _seed_sqlite(url.removeprefix("sqlite:///"), lots, spread)
    else:
        _seed_postgres(url, lots, spread)


def _lots(root: keys.Keys, spread: Spread, passwords: int) -> Iterator[Writes]:
    """Make the accounts by the product's own verbs and yield what they write, lot by lot."""
    numbers = iter(range(spread.people + passwords))
    salt = bytes(password.SALT_BYTES)
    hashed = hashing.make(root, PASSWORD, password.Policy().cost, salt)  # one for all: it is slow
    while lot := list(islice(numbers, _LOT)):
        catching = _Catching()
        work = Work(catching, datetime.now(UTC), SystemChance(), root)
        for number in lot:
            email = addresses.parse_email(Person(number).address)
            assert email is not None
            account = spread.account(number)
            work.now = ids.drawn_at(account)
            contact = contacts.add(work, account, email)
            accounts.create(work, account, contact, "en", "UTC")
            if number >= spread.people:
                _give_password(work, account, hashed)
        yield catching.writes


def _give_password(work: Work, account: int, hashed: str) -> None:
    method, at = work.new_id(), clock.micros(work.now)
    sealed = password.seal(work, account, method, (hashed,))
    work.keep(
        _METHOD,
        id=method,
        account=account,
        kind=password.PASSWORD.name,
        name="Password",
        sealed=sealed,
        public=password.STANDS_ALONE,
        at=at,
        at_too=at,
    )


def _seed_sqlite(path: str, lots: Iterator[Writes], spread: Spread) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)
    connection.execute("BEGIN")
    for lot in lots:
        for statement, rows in lot.items():
            connection.executemany(statement.sqlite, rows)
    # The events' index is made after them: sorted once, it is as it would have grown.
    kept = (
        "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'event' AND sql LIKE 'CREATE %INDEX%'"
    )
    indexes = connection.execute(kept).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    if spread.events:
        connection.execute(
            "WITH RECURSIVE number (n) AS"
            f" (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < {spread.events})"
            f" INSERT INTO {_EVENT} {spread.select('number', 'randomblob(16)')}"
        )
    for _, statement in indexes:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _seed_postgres(url: str, lots: Iterator[Writes], spread: Spread) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET maintenance_work_mem = '1GB'")
        raw = psycopg.RawCursor(connection)
        for lot in lots:
            with connection.transaction():
                for statement, rows in lot.items():
                    _insert(raw, statement, rows)
        kept = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'event'"
        indexes = [row for row in connection.execute(kept) if not row[0].endswith("_pkey")]
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}".encode())
        series = f"generate_series(0::bigint, {spread.events - 1}) AS n"
        drawn = spread.select(series, "decode(md5(n::text), 'hex')")
        connection.execute(f"INSERT INTO {_EVENT} {drawn}".encode())
        for _, statement in indexes:
            connection.execute(statement.encode())
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _insert(
    raw: "psycopg.RawCursor[tuple[Value, ...]]", statement: Statement, rows: list[tuple[Value, ...]]
) -> None:
    """Insert rows by statements of many rows each."""
    head = statement.numbered(1).partition(" VALUES ")[0]
    for place in range(0, len(rows), _BATCH):
        group = rows[place : place + _BATCH]
        width = len(statement.names)
        tuples = [
            statement.numbered(1 + width * row).partition(" VALUES ")[2]
            for row in range(len(group))
        ]
        values = [value for row in group for value in row]
        raw.execute(f"{head} VALUES {', '.join(tuples)}".encode(), values, prepare=True)
