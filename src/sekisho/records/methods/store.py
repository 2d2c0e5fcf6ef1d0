"""The table of methods. Secrets are sealed or MACed; with its removal a method's secret is gone."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, SmallInteger, Table, Text, text

from sekisho.ground.clock import instant, micros
from sekisho.ground.db import METADATA, NUMBER, ROOM_FOR_UPDATES, Row, Work, sql
from sekisho.records.methods.rules import Method, State, Used

_PENDING, _REMOVED = text("state = 0"), text("state = 2")
METHOD = Table(
    "method",
    METADATA,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("account", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("public", LargeBinary),
    Column("counter", BigInteger, nullable=False),
    Column("failures", SmallInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("confirmed_at", BigInteger),
    Column("last_used_at", BigInteger),
    Column("removed_at", BigInteger),
    Index("method_account", "account"),
    Index(
        "method_pending",
        "account",
        "kind",
        unique=True,
        postgresql_where=_PENDING,
        sqlite_where=_PENDING,
    ),
    Index("method_removed", "removed_at", postgresql_where=_REMOVED, sqlite_where=_REMOVED),
    postgresql_with=ROOM_FOR_UPDATES,
)
TABLES = (METHOD,)

_COLUMNS = (
    "id, account, kind, name, state, sealed, public, counter, failures, created_at, confirmed_at,"
    " last_used_at, removed_at"
)
_OF = sql(
    f"SELECT {_COLUMNS} FROM method WHERE account = :account AND state <> 2 ORDER BY id"  # noqa: S608  # constants
)
_FIND = sql(
    f"SELECT {_COLUMNS} FROM method WHERE id = :method AND account = :account AND state <> 2"  # noqa: S608
)
_BEGIN = sql(
    "INSERT INTO method (id, account, kind, name, state, sealed, public, counter, failures,"
    " created_at) VALUES (:id, :account, :kind, :name, 0, :sealed, :public, 0, 0, :at)"
    " ON CONFLICT (account, kind) WHERE state = 0 DO UPDATE SET id = excluded.id,"
    " name = excluded.name, sealed = excluded.sealed, public = excluded.public, counter = 0,"
    " failures = 0, created_at = excluded.created_at"
)
_CONFIRM = sql(
    "UPDATE method SET state = 1, name = :name, sealed = :sealed, counter = :counter,"
    " public = :public, failures = 0, confirmed_at = :at WHERE id = :method AND state = 0"
)
_TRY = sql(
    "UPDATE method SET failures = :failures WHERE id = :method AND state <> 2 AND failures = :was"
)
_ADVANCE = sql(
    "UPDATE method SET counter = :counter, public = :public, failures = 0, last_used_at = :at"
    " WHERE id = :method AND state = 1 AND counter < :counter_too"
)
_EXCHANGE = sql(
    "UPDATE method SET counter = :counter, public = :public, sealed = :sealed, failures = 0,"
    " last_used_at = :at WHERE id = :method AND state = 1 AND counter = :was"
)
_TOUCH = sql("UPDATE method SET failures = 0, last_used_at = :at WHERE id = :method AND state = 1")
_REOPEN = sql("UPDATE method SET failures = 0 WHERE account = :account AND state = 1")
_RENAME = sql("UPDATE method SET name = :name WHERE id = :method AND state = :state")
_REMOVE = sql(
    "UPDATE method SET state = 2, sealed = :nothing, public = NULL, removed_at = :at"
    " WHERE id = :method AND state = :state"
)
_REMOVE_OTHERS = sql(
    "UPDATE method SET state = 2, sealed = :nothing, public = NULL, removed_at = :at"
    " WHERE account = :account AND kind = :kind AND state = 1 AND id <> :but"
)
_REMOVE_KIND = sql(
    "UPDATE method SET state = 2, sealed = :nothing, public = NULL, removed_at = :at"
    " WHERE account = :account AND kind = :kind AND state <> 2 AND id <> :but RETURNING id"
)
_OLD = sql(
    "DELETE FROM method WHERE id IN"
    " (SELECT id FROM method WHERE state = 2 AND removed_at < :edge LIMIT 1000) RETURNING id"
)
_STALE = sql(
    "DELETE FROM method WHERE id IN"
    " (SELECT id FROM method WHERE state = 0 AND created_at < :edge LIMIT 1000) RETURNING id"
)


def _shape(row: Row) -> Method:
    return Method(
        id=row[0],
        account=row[1],
        kind=row[2],
        name=row[3],
        state=State(row[4]),
        sealed=row[5],
        public=row[6],
        counter=row[7],
        failures=row[8],
        created_at=instant(row[9]),
        confirmed_at=None if row[10] is None else instant(row[10]),
        last_used_at=None if row[11] is None else instant(row[11]),
        removed_at=None if row[12] is None else instant(row[12]),
    )


def of_account(work: Work, account: int) -> list[Method]:
    """Return an account's pending and active methods, oldest first."""
    return [_shape(row) for row in work.all(_OF, account=account)]


def find(work: Work, account: int, method: int) -> Method | None:
    """Return a pending or active method of this account; another's is none (attack 106)."""
    row = work.one(_FIND, account=account, method=method)
    return _shape(row) if row else None


def begin(work: Work, new: Method) -> None:
    """Keep a pending method; it takes the place of the account's pending one of its kind."""
    work.keep(
        _BEGIN,
        id=new.id,
        account=new.account,
        kind=new.kind,
        name=new.name,
        sealed=new.sealed,
        public=new.public,
        at=micros(new.created_at),
    )


def confirm(work: Work, confirmed: Method) -> None:
    """Make a pending method active: of any number of confirmations one writes this row."""
    work.guard(
        _CONFIRM,
        confirmed.id,
        method=confirmed.id,
        name=confirmed.name,
        sealed=confirmed.sealed,
        counter=confirmed.counter,
        public=confirmed.public,
        at=micros(work.now),
    )


def keep_try(work: Work, method: int, was: int, failures: int) -> None:
    """Keep one more failure in a row, if there are as many as were read."""
    work.guard(_TRY, method, method=method, was=was, failures=failures)


def advance(work: Work, method: int, used: Used) -> None:
    """Consume a step: written only where it is above the last one, so each serves once."""
    work.guard(
        _ADVANCE,
        method,
        method=method,
        counter=used.counter,
        counter_too=used.counter,
        public=used.public,
        at=micros(work.now),
    )


def exchange(work: Work, was: int, changed: Method) -> None:
    """Keep a used method's new secret and counter, if the counter still is as it was read."""
    work.guard(
        _EXCHANGE,
        changed.id,
        method=changed.id,
        was=was,
        counter=changed.counter,
        public=changed.public,
        sealed=changed.sealed,
        at=micros(work.now),
    )


def touch(work: Work, method: int) -> None:
    """Keep that an active method was used now; its failures in a row are over."""
    work.guard(_TOUCH, method, method=method, at=micros(work.now))


def reopen(work: Work, account: int) -> None:
    """Forget the failures in a row of all that is active."""
    work.keep(_REOPEN, account=account)


def rename(work: Work, method: Method, name: str) -> None:
    """Keep a new name, if the method is still in the state that was read."""
    work.guard(_RENAME, method.id, method=method.id, state=int(method.state), name=name)


def remove(work: Work, method: Method) -> None:
    """Keep a removal and drop the secret: of any number of removals one writes this row."""
    at = micros(work.now)
    state = int(method.state)
    work.guard(_REMOVE, method.id, method=method.id, state=state, nothing=b"", at=at)


def remove_others(work: Work, method: Method) -> None:
    """Keep the removal of every other active method of this one's kind and account."""
    work.keep(
        _REMOVE_OTHERS,
        account=method.account,
        kind=method.kind,
        but=method.id,
        nothing=b"",
        at=micros(work.now),
    )


def remove_kind(work: Work, account: int, kind: str, but: int = 0) -> int:
    """Remove an account's methods of a kind at once, perhaps but one; return how many."""
    at = micros(work.now)
    return len(work.run(_REMOVE_KIND, account=account, kind=kind, but=but, nothing=b"", at=at))


def sweep(work: Work, removed_edge: int, pending_edge: int) -> int:
    """Delete up to 1,000 methods removed before one edge and as many begun before the other."""
    removed = len(work.run(_OLD, edge=removed_edge))
    return removed + len(work.run(_STALE, edge=pending_edge))
