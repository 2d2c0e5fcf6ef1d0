"""The table of contacts. The address itself is sealed; only its index under a key is compared."""

import msgspec
from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from sekisho.ground.db import METADATA, NUMBER, Work, sql
from sekisho.ground.showing import shown

CONTACT = Table(
    "contact",
    METADATA,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("account", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("blind", LargeBinary, nullable=False),
    Column("folded", LargeBinary, nullable=False),
    Column("verified_at", BigInteger, nullable=False),
    Index("contact_blind", "blind", unique=True),
    Index("contact_account", "account"),
)
TABLES = (CONTACT,)

_FIND = sql("SELECT id, account, sealed FROM contact WHERE blind = :blind")
_OF = sql("SELECT id, account, sealed FROM contact WHERE account = :account ORDER BY id")
_ADD = sql(
    "INSERT INTO contact (id, account, kind, sealed, blind, folded, verified_at)"
    " VALUES (:id, :account, 'email', :sealed, :blind, :folded, :at)"
)


class Found(msgspec.Struct, frozen=True):
    """A contact as the store has it; `contacts.address` opens it."""

    id: int
    account: int
    sealed: bytes

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "sealed")


def find(work: Work, blind: bytes) -> Found | None:
    """Return the contact with this index."""
    row = work.one(_FIND, blind=blind)
    return Found(*row) if row else None


def of_account(work: Work, account: int) -> list[Found]:
    """Return an account's contacts, oldest first."""
    return [Found(*row) for row in work.all(_OF, account=account)]


def keep(work: Work, found: Found, *, blind: bytes, folded: bytes, at: int) -> None:
    """Keep a new contact; the same address twice is a conflict."""
    work.keep(
        _ADD,
        id=found.id,
        account=found.account,
        sealed=found.sealed,
        blind=blind,
        folded=folded,
        at=at,
    )
