"""PostgreSQL: a connection for each work under way; what a work keeps goes as one statement.

The statement is a chain of data-modifying CTEs, so it commits as a whole without BEGIN and COMMIT.
A guard that did not write its row divides by zero, which undoes the statement: that is a conflict.
On the next attempt the work waits in line (advisory locks) for what it met.
Statements run on psycopg's libpq layer, prepared by name: half the CPU of its cursors.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg
from psycopg import pq

from sekisho.ground.db import Conflict, Row, Statement, Transaction, Unavailable, Value, sql
from sekisho.ground.turns import AT_ONCE, Turns

_SETTINGS = {
    "connect_timeout": 3,
    "application_name": "sekisho",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15000,
    "options": "-c statement_timeout=10s -c lock_timeout=5s -c timezone=UTC -c jit=off"
    " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off",
}
_CONFLICTS = frozenset(
    (
        b"23505",  # unique_violation: an id clashed, or another work made the same name
        b"22012",  # division_by_zero: a guard wrote no row
        b"40001",  # serialization_failure
        b"40P01",  # deadlock_detected
        b"55P03",  # lock_not_available
    )
)
_LINE = sql("SELECT pg_advisory_xact_lock(:number)")
_WHOLE: dict[tuple[tuple[Statement, bool], ...], bytes] = {}  # the chains this process composed
_WROTE = "(SELECT count(*) FROM k{at}) = 1"
_ENDS = " THEN 1 ELSE 0 END)"
_GOOD = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)
_DECODERS: dict[int, Callable[[bytes], object]] = {  # by the OID of the type, binary format
    16: lambda raw: raw == b"\x01",
    17: bytes,
    20: lambda raw: int.from_bytes(raw, "big", signed=True),
    21: lambda raw: int.from_bytes(raw, "big", signed=True),
    23: lambda raw: int.from_bytes(raw, "big", signed=True),
    25: bytes.decode,
    1043: bytes.decode,
    2278: lambda _: None,  # void, as pg_advisory_xact_lock returns
}


class _Link:
    """One connection and the statements prepared on it."""

    __slots__ = ("_names", "connection", "is_proven")

    def __init__(self, url: str) -> None:
        self.is_proven = False  # has answered before, so a failure may mean a restarted server
        self.connection = psycopg.connect(url, autocommit=True, **_SETTINGS)  # type: ignore[arg-type]  # a mapping of mixed settings
        self._names: dict[bytes, bytes] = {}

    def execute(self, text: bytes, values: list[Value]) -> list[Row]:
        """Run one prepared statement and return its rows."""
        plain, formats = _encode(values)
        name = self._names.get(text) or self._prepare(text)
        result = self.connection.pgconn.exec_prepared(name, plain, formats, 1)  # type: ignore[arg-type]  # NULL is None
        _check(result, self.connection)
        self.is_proven = True
        return _rows(result)

    def plain(self, text: bytes) -> None:
        """Run BEGIN, COMMIT or ROLLBACK."""
        _check(self.connection.pgconn.exec_(text), self.connection)

    def _prepare(self, text: bytes) -> bytes:
        name = b"s%d" % len(self._names)
        _check(self.connection.pgconn.prepare(name, text), self.connection)
        self._names[text] = name
        return name


class _Transaction:
    """Reads go at once, writes wait for the end; BEGIN only where something was run before it."""

    __slots__ = ("_begun", "_kept", "_link", "_on", "_values", "has_sent")

    def __init__(self, link: _Link) -> None:
        self._link = link
        self._kept: list[tuple[Statement, bool]] = []
        self._values: list[Value] = []
        self._on: set[int] = set()
        self._begun = False
        self.has_sent = False

    def fetch(self, statement: Statement, values: dict[str, Value]) -> list[Row]:
        return self._link.execute(statement.alone, [values[name] for name in statement.names])

    def keep(self, statement: Statement, values: dict[str, Value]) -> None:
        self._kept.append((statement, False))
        self._values.extend([values[name] for name in statement.names])

    def guard(self, statement: Statement, values: dict[str, Value], on: int) -> None:
        self._kept.append((statement, True))
        self._values.extend([values[name] for name in statement.names])
        self._on.add(on)

    def require(self, statement: Statement, values: dict[str, Value], on: int) -> None:
        self.guard(statement, values, on)

    def run(self, statement: Statement, values: dict[str, Value]) -> list[Row]:
        self._begin()
        return self.fetch(statement, values)

    def wait_for(self, numbers: frozenset[int]) -> None:
        """Stand in line for these numbers until the transaction ends."""
        self._begin()
        for number in sorted(numbers):
            self.fetch(_LINE, {"number": number})

    def commit(self) -> None:
        """Send what was kept, and COMMIT where a transaction was begun."""
        self.has_sent = True
        try:
            if self._kept:
                self._link.execute(_whole(tuple(self._kept)), self._values)
        except Conflict:
            raise Conflict(frozenset(self._on)) from None
        if self._begun:
            self._link.plain(b"COMMIT")

    def undo(self) -> None:
        """Forget what was kept, and ROLLBACK where a transaction was begun."""
        if self._begun and not self._link.connection.broken:
            self._link.plain(b"ROLLBACK")

    def _begin(self) -> None:
        self.has_sent = True
        if not self._begun:
            self._link.plain(b"BEGIN")
            self._begun = True


class PostgresStore:
    """One database; a class because it holds the connections that no work uses now."""

    name = "postgresql"

    def __init__(self, url: str, at_once: int = AT_ONCE) -> None:
        """Hold the address; a connection is made when a work finds none that is free."""
        self._url = url
        self.turns = Turns(at_once)
        self._free: list[_Link] = []  # the one used last is taken first

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Read; each statement sees one committed state."""
        with self._using() as tx:
            yield tx

    @contextmanager
    def writing(self, wait_for: frozenset[int]) -> Iterator[Transaction]:
        """Write; leaving returns once the commit is durable."""
        with self._using() as tx:
            try:
                if wait_for:
                    tx.wait_for(wait_for)
                yield tx
                tx.commit()
            except BaseException:
                tx.undo()
                raise

    def close(self) -> None:
        """Close the connections that no work uses."""
        while self._free:
            self._free.pop().connection.close()

    def _take(self) -> _Link:
        with suppress(IndexError):
            return self._free.pop()
        try:
            return _Link(self._url)
        except psycopg.Error as error:
            raise Unavailable from error

    @contextmanager
    def _using(self) -> Iterator[_Transaction]:
        """Turn a lost connection into Unavailable; an old one that only read is tried anew."""
        link = self._take()
        tx = _Transaction(link)
        try:
            yield tx
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            link.connection.close()
            self.close()  # what broke this one broke the others too
            if link.is_proven and not tx.has_sent:
                raise Conflict from error
            raise Unavailable from error
        finally:
            if not link.connection.closed:
                self._free.append(link)


def _encode(values: list[Value]) -> tuple[list[bytes | None], list[int]]:
    """Return the parameters as libpq sends them, and their formats: 0 text, 1 binary."""
    plain: list[bytes | None] = []
    formats: list[int] = []
    for value in values:
        form = 0
        if value is None or isinstance(value, bytes):
            plain.append(value)
            form = 1
        elif isinstance(value, str):
            plain.append(value.encode())
        else:
            plain.append(b"%d" % value)
        formats.append(form)
    return plain, formats


def _rows(result: pq.abc.PGresult) -> list[Row]:
    if not result.ntuples:
        return []
    read = result.get_value
    columns = [(column, _DECODERS[result.ftype(column)]) for column in range(result.nfields)]
    return [
        tuple(
            [
                decode(raw) if (raw := read(row, column)) is not None else None
                for column, decode in columns
            ]
        )
        for row in range(result.ntuples)
    ]


def _check(result: pq.abc.PGresult, connection: "psycopg.Connection[Row]") -> None:
    """Raise Conflict for another's work, psycopg's error for everything else that went wrong."""
    if result.status in _GOOD:
        return
    state = result.error_field(pq.DiagnosticField.SQLSTATE)
    if state in _CONFLICTS:
        raise Conflict
    message = pq.misc.error_message(result, encoding="utf-8") if state else "connection lost"
    error = psycopg.errors.lookup(state.decode()) if state else psycopg.OperationalError
    if connection.pgconn.status != pq.ConnStatus.OK:
        error = psycopg.OperationalError
    raise error(message)


def _whole(kept: tuple[tuple[Statement, bool], ...]) -> bytes:
    """Compose what was kept into one statement; each composition is made once."""
    text = _WHOLE.get(kept)
    if text is None:
        text = _WHOLE[kept] = _compose(kept).encode()
    return text


def _compose(kept: tuple[tuple[Statement, bool], ...]) -> str:
    if len(kept) == 1 and not kept[0][1]:
        return kept[0][0].numbered(1)
    parts, first = [], 1
    for place, (statement, is_guard) in enumerate(kept):
        tail = " RETURNING 1" if is_guard and not statement.text.startswith("SELECT") else ""
        parts.append(f"k{place} AS ({statement.numbered(first)}{tail})")
        first += len(statement.names)
    guards = [_WROTE.format(at=at) for at, one in enumerate(kept) if one[1]]
    held = " AND ".join(guards) or "true"
    # Every part is a constant of a store: no value stands in this text.
    return "".join(("WITH ", ", ".join(parts), " SELECT 1 / (CASE WHEN ", held, _ENDS))
