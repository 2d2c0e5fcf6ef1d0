"""The table of accounts."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, SmallInteger, Table, Text

from sekisho.ground.clock import micros
from sekisho.ground.db import METADATA, NUMBER, Work, sql

ACCOUNT = Table(
    "account",
    METADATA,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("contact", BigInteger, nullable=False),
    Column("may_sign_in", SmallInteger, nullable=False),
    Column("two_step", SmallInteger, nullable=False),
    Column("voided_at", BigInteger, nullable=False),
    Column("language", Text),
    Column("zone", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("two_step_at", BigInteger),
)
TABLES = (ACCOUNT,)

_FIND = sql(
    "SELECT id, contact, may_sign_in, language, zone, created_at, two_step, two_step_at"
    " FROM account WHERE id = :account"
)
_ADD = sql(
    "INSERT INTO account (id, contact, may_sign_in, two_step, voided_at, language, zone,"
    " created_at) VALUES (:id, :contact, 1, 0, 0, :language, :zone, :at)"
)
_TWO_STEP = sql(
    "UPDATE account SET two_step = :is_on, two_step_at = :at"
    " WHERE id = :account AND two_step = :was_on"
)
_VOID = sql("UPDATE account SET voided_at = :at WHERE id = :account")


@dataclass(frozen=True, slots=True)
class Account:
    """An account: its primary contact, whether that may sign in, and how to write to its owner.

    `two_step_at` is when two-step verification was turned on (or off), in microseconds.
    """

    id: int
    contact: int
    may_sign_in: bool
    language: str | None
    zone: str | None
    created_at: int
    two_step: bool = False
    two_step_at: int | None = None


def find(work: Work, account: int) -> Account | None:
    """Return the account with this id."""
    row = work.one(_FIND, account=account)
    if row is None:
        return None
    return Account(
        id=row[0],
        contact=row[1],
        may_sign_in=bool(row[2]),
        language=row[3],
        zone=row[4],
        created_at=row[5],
        two_step=bool(row[6]),
        two_step_at=row[7],
    )


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


def turn_two_step(work: Work, account: int, *, is_on: bool) -> None:
    """Keep that two-step verification was turned on or off, from the other, and when."""
    work.guard(
        _TWO_STEP,
        account,
        account=account,
        is_on=int(is_on),
        was_on=int(not is_on),
        at=micros(work.now),
    )


def void_codes(work: Work, account: int) -> None:
    """Keep that codes to sign in which were asked for until now open nothing any more (spec V5)."""
    work.keep(_VOID, account=account, at=micros(work.now))
