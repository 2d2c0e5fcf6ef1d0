"""The tables of passkeys and of challenges that are spent. A removed passkey has no row.

Public keys are public; nothing here opens anything. Name, state and last use of a passkey stand
with the account's other methods, under the same id: only what is active there is found here.
"""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, SmallInteger, Table, Text

from sekisho.authenticators.passkey.rules import Challenge, Flag, Passkey
from sekisho.ground.clock import micros
from sekisho.ground.db import METADATA, NUMBER, Row, Work, sql

PASSKEY = Table(
    "passkey",
    METADATA,
    Column("method", NUMBER, primary_key=True, autoincrement=False),
    Column("account", BigInteger, nullable=False),
    Column("credential", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("flags", SmallInteger, nullable=False),
    Column("aaguid", LargeBinary, nullable=False),
    Column("transports", Text, nullable=False),
    Column("regressed_at", BigInteger),
    Index("passkey_credential", "credential", unique=True),
    Index("passkey_account", "account"),
)
SPENT = Table(
    "passkey_spent",
    METADATA,
    Column("challenge", LargeBinary, primary_key=True),
    Column("ends_at", BigInteger, nullable=False),
    Index("passkey_spent_ends", "ends_at"),
)
TABLES = (PASSKEY, SPENT)

# Removed is removed, by whichever door: the method's state is asked in the same statement.
_ACTIVE = (
    "SELECT p.method, p.account, p.credential, p.public_key, p.sign_count, p.flags, p.aaguid,"
    " p.transports, p.regressed_at FROM passkey p JOIN method m ON m.id = p.method AND m.state = 1"
)
_IS_THERE = sql("SELECT 1 FROM passkey WHERE credential = :credential")
_FIND = sql(f"{_ACTIVE} WHERE p.credential = :credential")
_OF_METHOD = sql(f"{_ACTIVE} WHERE p.method = :method")
_OF_ACCOUNT = sql(f"{_ACTIVE} WHERE p.account = :account ORDER BY p.method")
_ADD = sql(
    "INSERT INTO passkey (method, account, credential, public_key, sign_count, flags, aaguid,"
    " transports, regressed_at) VALUES (:method, :account, :credential, :public_key, :sign_count,"
    " :flags, :aaguid, :transports, NULL)"
)
_NOTE = sql(
    "UPDATE passkey SET sign_count = :sign_count, flags = :flags, regressed_at = :regressed_at"
    " WHERE method = :method AND sign_count = :before"
)
_REMOVE = sql("DELETE FROM passkey WHERE method = :method")
_IS_SPENT = sql("SELECT 1 FROM passkey_spent WHERE challenge = :challenge")
_SPEND = sql("INSERT INTO passkey_spent (challenge, ends_at) VALUES (:challenge, :ends_at)")
_OVER = sql(
    "DELETE FROM passkey_spent WHERE challenge IN (SELECT challenge FROM passkey_spent"
    " WHERE ends_at < :before ORDER BY ends_at LIMIT 1000) RETURNING 1"
)


def is_there(work: Work, credential: bytes) -> bool:
    """Say whether any account has a passkey with this credential id."""
    return work.one(_IS_THERE, credential=credential) is not None


def find(work: Work, credential: bytes) -> Passkey | None:
    """Return the passkey with this credential id, whoever's."""
    row = work.one(_FIND, credential=credential)
    return _passkey(row) if row else None


def of_method(work: Work, method: int) -> Passkey | None:
    """Return the passkey that is this method."""
    row = work.one(_OF_METHOD, method=method)
    return _passkey(row) if row else None


def of_account(work: Work, account: int) -> list[Passkey]:
    """Return an account's passkeys, oldest first."""
    return [_passkey(row) for row in work.all(_OF_ACCOUNT, account=account)]


def keep(work: Work, new: Passkey) -> None:
    """Keep a new passkey; a credential id that is there already is a conflict."""
    work.keep(
        _ADD,
        method=new.method,
        account=new.account,
        credential=new.credential,
        public_key=new.public_key,
        sign_count=new.sign_count,
        flags=int(new.flags),
        aaguid=new.aaguid,
        transports=" ".join(new.transports),
    )


def note(work: Work, before: Passkey, now: Passkey) -> None:
    """Keep what a passkey showed when it was used; another's use meanwhile is a conflict."""
    work.guard(
        _NOTE,
        now.account,
        method=now.method,
        sign_count=now.sign_count,
        flags=int(now.flags),
        regressed_at=now.regressed_at,
        before=before.sign_count,
    )


def remove(work: Work, passkey: Passkey) -> None:
    """Take a passkey away; of two removals one is a conflict."""
    work.guard(_REMOVE, passkey.account, method=passkey.method)


def is_spent(work: Work, challenge: Challenge) -> bool:
    """Say whether an answer to this challenge came already."""
    return work.one(_IS_SPENT, challenge=challenge.octets) is not None


def spend(work: Work, challenge: Challenge) -> None:
    """Keep that an answer came; of any number at once one is kept, the others are conflicts."""
    work.keep(_SPEND, challenge=challenge.octets, ends_at=micros(challenge.ends_at))


def sweep(work: Work, before: int) -> int:
    """Delete up to 1,000 spent challenges that ended before this time; return how many."""
    return len(work.run(_OVER, before=before))


def _passkey(row: Row) -> Passkey:
    method, account, credential, public_key, count, flags, aaguid, transports, regressed = row
    return Passkey(
        method=method,
        account=account,
        credential=credential,
        public_key=public_key,
        sign_count=count,
        flags=Flag(flags),
        aaguid=aaguid,
        transports=tuple(transports.split()),
        regressed_at=regressed,
    )
