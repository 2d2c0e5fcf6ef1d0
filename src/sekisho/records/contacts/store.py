"""The table of contacts. The address itself is sealed; only its index under a key is compared."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, LargeBinary, SmallInteger, Table, Text, text

from sekisho.ground.clock import instant, micros
from sekisho.ground.db import METADATA, NUMBER, Row, Work, sql
from sekisho.records.contacts.rules import EMAIL, REMEMBERED, Found, State

CONTACT = Table(
    "contact",
    METADATA,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("account", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("blind", LargeBinary, nullable=False),
    Column("folded", LargeBinary, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("is_name", SmallInteger, nullable=False),
    Column("flow", BigInteger, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("verified_at", BigInteger),
    Column("removed_at", BigInteger),
    Column("doubted_until", BigInteger),
    Index(
        "contact_name",
        "blind",
        unique=True,
        sqlite_where=text("is_name = 1"),
        postgresql_where=text("is_name = 1"),
    ),
    Index("contact_account", "account"),
    Index(
        "contact_phone",
        "blind",
        sqlite_where=text("kind = 'phone'"),
        postgresql_where=text("kind = 'phone'"),
    ),
)
TABLES = (CONTACT,)

_COLUMNS = (
    "id, account, sealed, blind, state, is_name, flow, added_at, verified_at, removed_at, kind,"
    " doubted_until"
)
_FIND = sql(f"SELECT {_COLUMNS} FROM contact WHERE blind = :blind AND is_name = 1")  # noqa: S608
_OF = sql(
    f"SELECT {_COLUMNS} FROM contact WHERE account = :account"  # noqa: S608  # a constant
    " AND (removed_at IS NULL OR removed_at > :edge) ORDER BY id"
)
_ADD = sql(
    "INSERT INTO contact (id, account, kind, sealed, blind, folded, state, is_name, flow, added_at,"
    " verified_at) VALUES (:id, :account, :kind, :sealed, :blind, :folded, :state, :is_name,"
    " :flow, :at, :verified_at)"
)
_VERIFY = sql("UPDATE contact SET state = 1, verified_at = :at WHERE id = :contact AND state = 0")
_REMOVE = sql("UPDATE contact SET state = 2, removed_at = :at WHERE id = :contact AND state = 1")
_DOUBT = sql("UPDATE contact SET doubted_until = :until WHERE blind = :blind AND kind = 'phone'")
_DROP = sql("DELETE FROM contact WHERE id = :contact AND state = 0")
_OLD = sql(
    "DELETE FROM contact WHERE id IN (SELECT id FROM contact"
    " WHERE (state = 2 AND removed_at < :removed) OR (state = 0 AND added_at < :pending)"
    " LIMIT 1000) RETURNING id"
)


def _shape(row: Row) -> Found:
    return Found(
        id=row[0],
        account=row[1],
        sealed=row[2],
        blind=row[3],
        state=State(row[4]),
        is_name=bool(row[5]),
        flow=row[6],
        added_at=instant(row[7]),
        verified_at=None if row[8] is None else instant(row[8]),
        removed_at=None if row[9] is None else instant(row[9]),
        kind=row[10],
        doubted_until=None if row[11] is None else instant(row[11]),
    )


def find(work: Work, blind: bytes) -> Found | None:
    """Return the sign-in name with this index."""
    row = work.one(_FIND, blind=blind)
    return _shape(row) if row else None


def every(work: Work, account: int) -> list[Found]:
    """Return an account's contacts, oldest first: pending and lately removed ones too."""
    edge = micros(work.now - REMEMBERED)
    return [_shape(row) for row in work.all(_OF, account=account, edge=edge)]


def verified(work: Work, account: int) -> list[Found]:
    """Return an account's verified contacts of every kind, oldest first."""
    return [one for one in every(work, account) if one.state is State.VERIFIED]


def of_account(work: Work, account: int) -> list[Found]:
    """Return an account's verified addresses, oldest first; its phones are in `verified`."""
    return [one for one in verified(work, account) if one.kind == EMAIL]


def keep(work: Work, new: Found, *, folded: bytes) -> None:
    """Keep a new contact; a sign-in name that is taken is a conflict."""
    work.keep(
        _ADD,
        id=new.id,
        account=new.account,
        kind=new.kind,
        sealed=new.sealed,
        blind=new.blind,
        folded=folded,
        state=int(new.state),
        is_name=int(new.is_name),
        flow=new.flow,
        at=micros(new.added_at),
        verified_at=None if new.verified_at is None else micros(new.verified_at),
    )


def verify(work: Work, contact: int) -> None:
    """Keep that a pending contact was proved: once."""
    work.guard(_VERIFY, contact, contact=contact, at=micros(work.now))


def remove(work: Work, contact: int) -> None:
    """Keep that a contact was removed: once."""
    work.guard(_REMOVE, contact, contact=contact, at=micros(work.now))


def doubt(work: Work, blind: bytes, until: datetime | None) -> None:
    """Keep until when a number is in doubt, whoever has it as a contact."""
    work.keep(_DOUBT, blind=blind, until=None if until is None else micros(until))


def drop(work: Work, contact: int) -> None:
    """Forget a contact that was never proved."""
    work.keep(_DROP, contact=contact)


def sweep(work: Work, removed: datetime, pending: datetime) -> int:
    """Delete up to 1,000 that were removed, or left unproved, before these; return how many."""
    return len(work.run(_OLD, removed=micros(removed), pending=micros(pending)))
