"""The tables of sessions and of familiar browsers."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, LargeBinary, PrimaryKeyConstraint, Table, Text

from sekisho.ground.clock import instant, micros
from sekisho.ground.db import METADATA, NUMBER, Row, Work, sql
from sekisho.records.sessions.rules import Device, Session

SESSION = Table(
    "session",
    METADATA,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("account", BigInteger, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("methods", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("country", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("browser", BigInteger),
    Index("session_account", "account"),
)
DEVICE = Table(
    "device",
    METADATA,
    Column("account", BigInteger, nullable=False),
    Column("id", BigInteger, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("device", Text, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("country", Text),
    Column("methods", Text),
    PrimaryKeyConstraint("account", "id"),
    sqlite_with_rowid=False,
)
TABLES = (SESSION, DEVICE)
_GONE = b""  # in the place of a secret: no MAC is empty

_COLUMNS = "id, account, methods, device, country, created_at, last_used_at, ends_at, browser"
_ONE = sql(f"SELECT {_COLUMNS}, secret FROM session WHERE id = :session")  # noqa: S608  # a constant
_ALL = sql(
    f"SELECT {_COLUMNS} FROM session WHERE account = :account AND ends_at > :now"  # noqa: S608
    " AND last_used_at > :idle ORDER BY last_used_at DESC, id DESC"
)
_ADD = sql(
    "INSERT INTO session (id, account, secret, methods, device, country, created_at, last_used_at,"
    " ends_at, browser) VALUES (:id, :account, :secret, :methods, :device, :country, :at, :at_too,"
    " :ends_at, :browser)"
)
_TOUCH = sql("UPDATE session SET last_used_at = :at WHERE id = :session AND last_used_at < :at_too")
_END = sql("DELETE FROM session WHERE id = :session AND account = :account RETURNING id")
_END_ALL = sql(
    "DELETE FROM session WHERE account = :account AND id <> :but RETURNING last_used_at, ends_at"
)
_END_BROWSER = sql(
    "DELETE FROM session WHERE account = :account AND browser = :browser"
    " RETURNING last_used_at, ends_at"
)
_OLD = sql(
    "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE id < :edge"
    " AND ends_at < :now LIMIT 1000) RETURNING id"
)
_DEVICE = sql(
    "INSERT INTO device (account, id, secret, device, first_at, last_at, country, methods)"
    " VALUES (:account, :id, :secret, :device, :at, :at_too, :country, :methods)"
    " ON CONFLICT (account, id) DO UPDATE SET device = excluded.device,"
    " last_at = excluded.last_at, country = excluded.country, methods = excluded.methods"
)
_DEVICES = sql(
    "SELECT id, device, country, first_at, last_at FROM device"
    " WHERE account = :account AND secret <> :gone ORDER BY last_at DESC, id DESC"
)
# The row stays without its secret: so the token stands for nobody, also when it comes back.
_FORGET = sql(
    "UPDATE device SET secret = :gone WHERE account = :account AND id = :device"
    " AND secret <> :gone_too RETURNING id"
)
_LAST_METHODS = sql("SELECT methods FROM device WHERE account = :account AND id = :device")
_DEVICE_SECRET = sql("SELECT secret FROM device WHERE account = :account AND id = :device")
_SEEN = sql(
    "SELECT last_at FROM device WHERE account = :account AND id = :device AND secret <> :gone"
)
_FORGET_ALL = sql(
    "UPDATE device SET secret = :gone WHERE account = :account AND id <> :but"
    " AND secret <> :gone_too RETURNING id"
)
_OLD_DEVICES = sql(
    "DELETE FROM device WHERE (account, id) IN"
    " (SELECT account, id FROM device WHERE last_at < :edge LIMIT 1000) RETURNING id"
)


def _shape(row: Row) -> Session:
    return Session(
        id=row[0],
        account=row[1],
        methods=tuple(row[2].split(",")),
        device=row[3],
        country=row[4],
        created_at=instant(row[5]),
        last_used_at=instant(row[6]),
        ends_at=instant(row[7]),
        browser=row[8] or 0,
    )


def one(work: Work, session: int) -> tuple[Session, bytes] | None:
    """Return a session and the MAC of its secret."""
    row = work.one(_ONE, session=session)
    return (_shape(row), row[9]) if row else None


def of_account(work: Work, account: int, idle_micros: int) -> list[Session]:
    """Return an account's live sessions, the one used last first."""
    now = micros(work.now)
    return [_shape(row) for row in work.all(_ALL, account=account, now=now, idle=now - idle_micros)]


def add(work: Work, new: Session, secret: bytes) -> None:
    """Keep a new session and the MAC of its secret."""
    at = micros(new.created_at)
    work.keep(
        _ADD,
        id=new.id,
        account=new.account,
        secret=secret,
        methods=",".join(new.methods),
        device=new.device,
        country=new.country,
        at=at,
        at_too=at,
        ends_at=micros(new.ends_at),
        browser=new.browser,
    )


def touch(work: Work, session: int) -> None:
    """Keep that a session was used now."""
    at = micros(work.now)
    work.keep(_TOUCH, session=session, at=at, at_too=at)


def end(work: Work, account: int, session: int) -> bool:
    """Delete an account's session; say whether there was one."""
    return bool(work.run(_END, session=session, account=account))


def end_all(work: Work, account: int, but: int, idle_micros: int) -> int:
    """Delete all sessions of an account but one (0: none is kept); return how many were live."""
    return _live(work, work.run(_END_ALL, account=account, but=but), idle_micros)


def end_browser(work: Work, account: int, browser: int, idle_micros: int) -> int:
    """Delete the sessions that began in a browser; return how many were live."""
    rows = work.run(_END_BROWSER, account=account, browser=browser)
    return _live(work, rows, idle_micros)


def know_device(work: Work, began: Session, secret: bytes) -> None:
    """Keep that the browser of a session has signed in to its account."""
    at = micros(began.created_at)
    work.keep(
        _DEVICE,
        account=began.account,
        id=began.browser,
        secret=secret,
        device=began.device,
        at=at,
        at_too=at,
        country=began.country,
        methods=",".join(began.methods),
    )


def last_methods(work: Work, account: int, device: int) -> tuple[str, ...]:
    """Return what a browser proved when it last signed in to an account, in that order."""
    row = work.one(_LAST_METHODS, account=account, device=device)
    return tuple(row[0].split(",")) if row and row[0] else ()


def devices(work: Work, account: int) -> list[Device]:
    """Return the browsers that an account knows, the one that signed in last first."""
    rows = work.all(_DEVICES, account=account, gone=_GONE)
    return [Device(row[0], row[1], row[2], instant(row[3]), instant(row[4])) for row in rows]


def forget(work: Work, account: int, device: int) -> bool:
    """Forget a browser; say whether the account knew it."""
    return bool(work.run(_FORGET, account=account, device=device, gone=_GONE, gone_too=_GONE))


def forget_all(work: Work, account: int, but: int) -> int:
    """Forget all browsers of an account but one (0: none is kept); return how many."""
    return len(work.run(_FORGET_ALL, account=account, but=but, gone=_GONE, gone_too=_GONE))


def device_secret(work: Work, account: int, device: int) -> bytes | None:
    """Return the MAC of a browser's secret, where it has signed in to this account."""
    row = work.one(_DEVICE_SECRET, account=account, device=device)
    return row[0] if row else None


def seen_at(work: Work, account: int, device: int) -> datetime | None:
    """Return when a browser last signed in to this account, where it knows it."""
    row = work.one(_SEEN, account=account, device=device, gone=_GONE)
    return instant(row[0]) if row else None


def sweep(work: Work, edge: int, device_edge: int) -> int:
    """Delete up to 1,000 ended sessions drawn before the id `edge`, and browsers long not seen."""
    ended = len(work.run(_OLD, edge=edge, now=micros(work.now)))
    return ended + len(work.run(_OLD_DEVICES, edge=device_edge))


def _live(work: Work, rows: list[Row], idle_micros: int) -> int:
    now = micros(work.now)
    return sum(ends_at > now and used_at > now - idle_micros for used_at, ends_at in rows)
