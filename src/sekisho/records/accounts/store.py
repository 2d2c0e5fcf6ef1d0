"""The table of accounts."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, SmallInteger, Table, Text

from sekisho.ground.db import METADATA, NUMBER, Work, sql

ACCOUNT = Table(
    "account",
    METADATA,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("contact", BigInteger, nullable=False),
    Column("may_sign_in", SmallInteger, nullable=False),
    Column("language", Text),
    Column("zone", Text),
    Column("created_at", BigInteger, nullable=False),
)
TABLES = (ACCOUNT,)

_FIND = sql(
    "SELECT id, contact, may_sign_in, language, zone, created_at FROM account WHERE id = :account"
)
_ADD = sql(
    "INSERT INTO account (id, contact, may_sign_in, language, zone, created_at)"
    " VALUES (:id, :contact, 1, :language, :zone, :at)"
)


@dataclass(frozen=True, slots=True)
class Account:
    """An account: its primary contact, whether that may sign in, and how to write to its owner."""

    id: int
    contact: int
    may_sign_in: bool
    language: str | None
    zone: str | None
    created_at: int


def find(work: Work, account: int) -> Account | None:
    """Return the account with this id."""
    row = work.one(_FIND, account=account)
    return Account(row[0], row[1], bool(row[2]), *row[3:]) if row else None


def keep(work: Work, new: Account) -> None:
    """Keep a new account."""
    work.keep(
        _ADD,
        id=new.id,
        contact=new.contact,
        language=new.language,
        zone=new.zone,
        at=new.created_at,
    )
