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
    "SELECT id, contact, may_sign_in, language, zone, created_at, two_step, two_step_at, voided_at"
    " FROM account WHERE id = :account"
)
_ADD = sql(
    "INSERT INTO account (id, contact, may_sign_in, two_step, voided_at, language, zone,"
    " created_at) VALUES (:id, :contact, 1, 0, 0, :language, :zone, :at)"
)
_TWO_STEP = sql(
    "UPDATE account SET two_step = :is_on, two_step_at = :at, voided_at = :at_too"
    " WHERE id = :account AND two_step = :was_on"
)
_HOLD = sql("SELECT id FROM account WHERE id = :account", postgres="FOR UPDATE")
_STANDS = sql(
    "SELECT 1 FROM account WHERE id = :account AND two_step = :two_step AND voided_at = :voided_at",
    postgres="FOR SHARE",
)
_VOID = sql("UPDATE account SET voided_at = :at WHERE id = :account")


@dataclass(frozen=True, slots=True)
class Account:
    """An account: its primary contact, whether that may sign in, and how to write to its owner.

    `two_step_at` is when two-step verification was turned on (or off), `voided_at` until when what
    was sent or begun opens nothing any more (spec V5), in microseconds.
    """

    id: int
    contact: int
    may_sign_in: bool
    language: str | None
    zone: str | None
    created_at: int
    two_step: bool = False
    two_step_at: int | None = None
    voided_at: int = 0


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
        voided_at=row[8],
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
    """Keep that two-step verification was turned on or off, from the other, and when.

    With it goes what `void_codes` does: PostgreSQL updates a row once in a work, not twice.
    """
    work.guard(
        _TWO_STEP,
        account,
        account=account,
        is_on=int(is_on),
        was_on=int(not is_on),
        at=micros(work.now),
        at_too=micros(work.now),
    )


def hold(work: Work, account: int) -> None:
    """Let changes of an account's security info take turns, before anything of it is read.

    # Threat: 044, two changes that each rely on what the other takes away
    # (test_two_removals_at_once_leave_a_second_step).
    """
    work.run(_HOLD, account=account)


def require(work: Work, account: int, *, two_step: bool, voided_at: int) -> None:
    """Keep only what was judged by the account as it still is when this work ends.

    # Threat: 044, a sign-in that a change overtakes (test_what_a_change_overtakes_opens_nothing).
    """
    work.require(_STANDS, account, account=account, two_step=int(two_step), voided_at=voided_at)


def void_codes(work: Work, account: int) -> None:
    """Keep that codes to sign in which were asked for until now open nothing any more (spec V5)."""
    work.keep(_VOID, account=account, at=micros(work.now))
