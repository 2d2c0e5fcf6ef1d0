"""The table of trusted browsers: one row for an account and a browser."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from sekisho.ground.clock import instant, micros
from sekisho.ground.db import METADATA, NUMBER, Row, Work, sql
from sekisho.records.trust.rules import Kept

TRUST = Table(
    "trust",
    METADATA,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("account", BigInteger, nullable=False),
    Column("device", BigInteger, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("mark", Text, nullable=False),
    Column("trusted_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Index("trust_of", "account", "device", unique=True),
)
TABLES = (TRUST,)

_COLUMNS = "id, account, device, secret, mark, trusted_at, last_used_at, ends_at"
_GIVE = sql(
    "INSERT INTO trust (id, account, device, secret, mark, trusted_at, last_used_at, ends_at)"
    " VALUES (:id, :account, :device, :secret, :mark, :at, :at_too, :ends_at)"
    " ON CONFLICT (account, device) DO UPDATE SET id = excluded.id, secret = excluded.secret,"
    " mark = excluded.mark, trusted_at = excluded.trusted_at,"
    " last_used_at = excluded.last_used_at, ends_at = excluded.ends_at"
)
_ONE = sql(f"SELECT {_COLUMNS} FROM trust WHERE id = :id AND account = :account")  # noqa: S608
_ALL = sql(
    f"SELECT {_COLUMNS} FROM trust WHERE account = :account"  # noqa: S608  # constants
    " ORDER BY last_used_at DESC, id DESC"
)
_ROTATE = sql(
    "UPDATE trust SET secret = :secret, last_used_at = :at WHERE id = :id AND secret = :before"
)
_END = sql("DELETE FROM trust WHERE id = :id AND account = :account RETURNING id")
_END_DEVICE = sql(
    "DELETE FROM trust WHERE account = :account AND device = :device RETURNING ends_at"
)
_END_OTHERS = sql("DELETE FROM trust WHERE account = :account AND device <> :but RETURNING ends_at")
_LIVING = sql("SELECT id FROM trust WHERE id IN (:one, :two, :three, :four, :five)")
_END_ALL = sql("DELETE FROM trust WHERE account = :account RETURNING ends_at")
_OLD = sql(
    "DELETE FROM trust WHERE id IN (SELECT id FROM trust WHERE id < :edge"
    " AND last_used_at < :unused LIMIT 1000) RETURNING id"
)


def _shape(row: Row) -> Kept:
    return Kept(
        id=row[0],
        account=row[1],
        device=row[2],
        mac=row[3],
        mark=row[4],
        trusted_at=instant(row[5]),
        last_used_at=instant(row[6]),
        ends_at=instant(row[7]),
    )


def give(work: Work, new: Kept) -> None:
    """Keep a trust; it takes the place of the one that this browser had."""
    at = micros(new.trusted_at)
    work.keep(
        _GIVE,
        id=new.id,
        account=new.account,
        device=new.device,
        secret=new.mac,
        mark=new.mark,
        at=at,
        at_too=at,
        ends_at=micros(new.ends_at),
    )


def one(work: Work, account: int, trust: int) -> Kept | None:
    """Return a trust of this account."""
    row = work.one(_ONE, id=trust, account=account)
    return _shape(row) if row else None


def of_account(work: Work, account: int) -> list[Kept]:
    """Return an account's trusts, over or not, the one used last first."""
    return [_shape(row) for row in work.all(_ALL, account=account)]


def rotate(work: Work, kept: Kept, secret: bytes) -> None:
    """Put a new secret in the place of the one that was read, or meet another who was faster."""
    work.guard(_ROTATE, kept.id, id=kept.id, secret=secret, at=micros(work.now), before=kept.mac)


def end(work: Work, account: int, trust: int) -> bool:
    """Delete a trust; say whether there was one."""
    return bool(work.run(_END, id=trust, account=account))


def end_device(work: Work, account: int, device: int) -> int:
    """Delete the trust of a browser; return how many were live: one or none."""
    return _live(work, work.run(_END_DEVICE, account=account, device=device))


def end_others(work: Work, account: int, but: int) -> int:
    """Delete the trust of every browser but one; return how many were live."""
    return _live(work, work.run(_END_OTHERS, account=account, but=but))


def living(work: Work, ids: tuple[int, ...]) -> frozenset[int]:
    """Return which of up to five trusts there are."""
    one, two, three, four, five = (*ids, 0, 0, 0, 0, 0)[:5]
    rows = work.all(_LIVING, one=one, two=two, three=three, four=four, five=five)
    return frozenset(row[0] for row in rows)


def end_all(work: Work, account: int) -> int:
    """Delete an account's trusts; return how many were live."""
    return _live(work, work.run(_END_ALL, account=account))


def sweep(work: Work, edge: int, unused: int) -> int:
    """Delete up to 1,000 trusts drawn before the id `edge` and not used since `unused`."""
    return len(work.run(_OLD, edge=edge, unused=unused))


def _live(work: Work, rows: list[Row]) -> int:
    now = micros(work.now)
    return sum(row[0] > now for row in rows)
