"""The table of answers: when an owner last said that the contacts are right, and tried the step."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Table

from sekisho.ground.clock import instant, micros
from sekisho.ground.db import METADATA, NUMBER, Work, sql

CHECKUP = Table(
    "checkup",
    METADATA,
    Column("account", NUMBER, primary_key=True, autoincrement=False),
    Column("contacts_at", BigInteger),
    Column("second_step_at", BigInteger),
)
TABLES = (CHECKUP,)

_FIND = sql("SELECT contacts_at, second_step_at FROM checkup WHERE account = :account")
_CONTACTS = sql(
    "INSERT INTO checkup (account, contacts_at) VALUES (:account, :at)"
    " ON CONFLICT (account) DO UPDATE SET contacts_at = excluded.contacts_at"
)
_SECOND_STEP = sql(
    "INSERT INTO checkup (account, second_step_at) VALUES (:account, :at)"
    " ON CONFLICT (account) DO UPDATE SET second_step_at = excluded.second_step_at"
)


def find(work: Work, account: int) -> tuple[datetime | None, datetime | None]:
    """Return when the contacts were last confirmed, and when the second step was tried."""
    row = work.one(_FIND, account=account) or (None, None)
    contacts_at, second_step_at = (None if at is None else instant(at) for at in row)
    return contacts_at, second_step_at


def confirm_contacts(work: Work, account: int) -> None:
    """Keep that the owner says: the contacts are right."""
    work.keep(_CONTACTS, account=account, at=micros(work.now))


def confirm_second_step(work: Work, account: int) -> None:
    """Keep that the second step was tried, and works."""
    work.keep(_SECOND_STEP, account=account, at=micros(work.now))
