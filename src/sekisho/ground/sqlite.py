"""SQLite: one writer, many readers, WAL with `synchronous=FULL` (a used code stays used).

Writers stand in line before one lock, each in a savepoint of its own. Once nobody else is under
way, or one has waited long enough, it commits for all of them (group commit); nobody is answered
before that commit is on the disk.
"""

import sqlite3
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sekisho.ground.db import Conflict, Row, Statement, Transaction, Unavailable, Value
from sekisho.ground.turns import AT_ONCE, Turns

_BUSY_SECONDS = 5.0
_PATIENCE = 0.01  # seconds that a writer waits for others to join its commit
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=OFF",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-2000",
    "PRAGMA journal_size_limit=67108864",
)


class _Transaction:
    """Statements on one connection; writes go at once, since the writer stands alone."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def fetch(self, statement: Statement, values: dict[str, Value]) -> list[Row]:
        return self._connection.execute(
            statement.sqlite, [values[name] for name in statement.names]
        ).fetchall()

    def keep(self, statement: Statement, values: dict[str, Value]) -> None:
        self._connection.execute(statement.sqlite, [values[name] for name in statement.names])

    def guard(self, statement: Statement, values: dict[str, Value], on: int) -> None:
        done = self._connection.execute(
            statement.sqlite, [values[name] for name in statement.names]
        )
        if done.rowcount != 1:
            raise Conflict(frozenset((on,)))

    def require(self, statement: Statement, values: dict[str, Value], on: int) -> None:
        if len(self.fetch(statement, values)) != 1:
            raise Conflict(frozenset((on,)))

    def run(self, statement: Statement, values: dict[str, Value]) -> list[Row]:
        return self.fetch(statement, values)


class _Group:
    """The writers that one commit answers; each who has heard of it tells the next."""

    __slots__ = ("failure", "heard", "members")

    def __init__(self) -> None:
        self.heard = threading.Lock()
        self.heard.acquire()
        self.failure: Exception | None = None
        self.members = 0


class SqliteStore:
    """One file; a class because it holds the writer, its line and a reader for each thread."""

    name = "sqlite"

    def __init__(self, path: Path, at_once: int = AT_ONCE) -> None:
        """Open the file, making it when it is missing; its folder must exist."""
        self._path = path
        self._line = threading.Lock()
        self.turns = Turns(at_once)
        self.turns.emptied = self._settle
        self._writer: sqlite3.Connection | None = None
        self._group: _Group | None = None
        self._readers: list[sqlite3.Connection] = []  # that no work uses now

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Read; each statement sees one committed state."""
        reader = self._take()
        try:
            yield _Transaction(reader)
        except sqlite3.DatabaseError as error:
            raise Unavailable from error
        finally:
            self._readers.append(reader)

    @contextmanager
    def writing(self, wait_for: frozenset[int]) -> Iterator[Transaction]:
        """Write in line; leaving returns once the commit is durable."""
        del wait_for  # whoever holds the line is alone
        has_turn = self.turns.is_mine()
        if not has_turn:
            self.turns.enter()
        try:
            group = yield from self._in_line()
            self._hear(group)
        finally:
            if has_turn:
                self.turns.take()
            else:
                self.turns.leave()

    def _in_line(self) -> Generator[Transaction, None, _Group]:
        """Do one work in its savepoint, and leave it to its group's commit."""
        if not self._line.acquire(blocking=False):
            self.turns.give()
            self._line.acquire()
        try:
            group, writer = self._join()
            try:
                yield _Transaction(writer)
                writer.execute("RELEASE one")
            except BaseException as error:
                self._undo(writer)
                if not group.members:
                    self._commit(group, writer)
                if isinstance(error, sqlite3.IntegrityError):
                    raise Conflict from error
                if isinstance(error, sqlite3.DatabaseError):
                    raise Unavailable from error
                raise
            group.members += 1
            self.turns.give()
            if self.turns.leave():
                self._commit(group, writer)
        finally:
            self._line.release()
        return group

    def _hear(self, group: _Group) -> None:
        """Wait for the group's commit, and do it when it keeps us waiting."""
        while not group.heard.acquire(timeout=_PATIENCE):
            self._settle()
        group.heard.release()
        if group.failure is not None:
            raise Unavailable from group.failure

    def _settle(self) -> None:
        """Commit for those who stand in a group."""
        with self._line:
            if self._group is not None and self._writer is not None:
                self._commit(self._group, self._writer)

    def close(self) -> None:
        """Close the writer and the readers that no work uses."""
        self._settle()
        with self._line:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        while self._readers:
            self._readers.pop().close()

    def _take(self) -> sqlite3.Connection:
        with suppress(IndexError):
            return self._readers.pop()
        try:
            return self._open()
        except sqlite3.DatabaseError as error:
            raise Unavailable from error

    def _join(self) -> tuple[_Group, sqlite3.Connection]:
        try:
            if self._writer is None:
                self._writer = self._open()
            writer = self._writer
            if self._group is None:
                writer.execute("BEGIN IMMEDIATE")
                self._group = _Group()
            writer.execute("SAVEPOINT one")
        except sqlite3.DatabaseError as error:
            raise Unavailable from error
        return self._group, writer

    def _undo(self, writer: sqlite3.Connection) -> None:
        # A full disk may have rolled everything back already; then there is no savepoint.
        if writer.in_transaction:
            writer.execute("ROLLBACK TO one")
            writer.execute("RELEASE one")

    def _commit(self, group: _Group, writer: sqlite3.Connection) -> None:
        self._group = None
        try:
            if not writer.in_transaction:
                raise sqlite3.OperationalError("the transaction was rolled back")
            writer.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            group.failure = error
            if writer.in_transaction:
                writer.execute("ROLLBACK")
        self.turns.enter(group.members)  # they go on now
        group.heard.release()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        return connection
