"""The tables of phones and of what they were asked.

What is secret lies sealed. A phone's name, state and last use stand with the account's methods. An
account has one ask that waits (a unique index); an ask is live while its flow's newest challenge is
this very ask, so that whatever the flow turns to next voids it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, LargeBinary, SmallInteger, Table, text

from sekisho.authenticators.push.resting import DAY, Before
from sekisho.authenticators.push.rules import Ask, Phone, State
from sekisho.ground import ids
from sekisho.ground.clock import instant, micros
from sekisho.ground.db import METADATA, NUMBER, Row, Work, sql

_STORES = ("postgresql_where", "sqlite_where")
_ONE_WAITS: dict[str, Any] = dict.fromkeys(_STORES, text("state = 0 AND held = 0 AND purpose > 0"))
_COUNTS: dict[str, Any] = dict.fromkeys(_STORES, text("counts = 1"))
PHONE = Table(
    "push_phone",
    METADATA,
    Column("method", NUMBER, primary_key=True, autoincrement=False),
    Column("account", BigInteger, nullable=False),
    Column("pairing", LargeBinary, nullable=False),
    Column("public_key", LargeBinary),
    Column("secret", LargeBinary),
    Column("subscription", LargeBinary),
    Index("push_phone_pairing", "pairing", unique=True),
    Index("push_phone_account", "account"),
)
ASK = Table(
    "push_ask",
    METADATA,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("account", BigInteger, nullable=False),
    Column("flow", BigInteger, nullable=False),
    Column("purpose", SmallInteger, nullable=False),
    Column("method", BigInteger, nullable=False),
    Column("lane", BigInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("held", SmallInteger, nullable=False),
    Column("counts", SmallInteger, nullable=False),
    Column("digits", SmallInteger, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("nonce", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("decided_at", BigInteger),
    Column("decided_by", BigInteger, nullable=False),
    Column("reported", SmallInteger, nullable=False),
    Column("message", BigInteger, nullable=False),
    Index("push_ask_account", "account", "id", **_COUNTS),
    Index("push_ask_waiting", "account", unique=True, **_ONE_WAITS),
)
TABLES = (PHONE, ASK)

# Removed is removed, by whichever door: the method's state is asked in the same statement.
_PHONE = (
    "SELECT p.method, p.account, m.name, m.state, p.public_key, p.secret, p.subscription"
    " FROM push_phone p JOIN method m ON m.id = p.method AND m.kind = 'push' AND m.state <> 2"
    " AND p.public_key IS NOT NULL"
)
_ONE_PHONE = sql(f"{_PHONE} WHERE p.method = :method")
_PHONES = sql(f"{_PHONE} AND m.state = 1 WHERE p.account = :account ORDER BY p.method")
_BEGIN = sql(
    "INSERT INTO push_phone (method, account, pairing) VALUES (:method, :account, :pairing)"
)
_PAIRING = sql(
    "SELECT method, account, CASE WHEN public_key IS NULL THEN 1 ELSE 0 END FROM push_phone"
    " WHERE pairing = :pairing"
)
_PAIR = sql(
    "UPDATE push_phone SET public_key = :public_key, secret = :secret,"
    " subscription = :subscription WHERE method = :method AND public_key IS NULL"
)
_SUBSCRIBE = sql("UPDATE push_phone SET subscription = :subscription WHERE method = :method")
_UNSUBSCRIBE = sql(
    "UPDATE push_phone SET subscription = NULL"
    " WHERE method = :method AND subscription = :subscription"
)
_LIVE = "(a.purpose = 0 OR (f.state = 0 AND f.challenge = a.id))"
_IS_LIVE = f"CASE WHEN {_LIVE} THEN 1 ELSE 0 END"
_ASK = (
    "SELECT a.id, a.account, a.flow, a.purpose, a.method, a.lane, a.state, a.held, a.digits,"  # noqa: S608  # constants
    " a.tries, a.nonce, a.sealed, a.ends_at, a.decided_at, a.decided_by, a.reported, a.message,"
    f" {_IS_LIVE} FROM push_ask a LEFT JOIN flow f ON f.id = a.flow"
)
_ONE_ASK = sql(f"{_ASK} WHERE a.id = :ask")
_WAITING = sql(
    f"{_ASK} WHERE a.account = :account AND a.counts = 1 AND a.held = 0"
    f" AND a.state = 0 AND a.ends_at > :now AND {_LIVE} ORDER BY a.id"
)
_ENROLLING = sql(f"{_ASK} WHERE a.account = :account AND a.counts = 1 AND a.flow = :method")
_EARLIER = sql(
    f"SELECT a.id, a.flow, a.lane, a.held, a.state, {_IS_LIVE}, a.reported, a.ends_at,"  # noqa: S608
    " a.message FROM push_ask a LEFT JOIN flow f ON f.id = a.flow"
    " WHERE a.account = :account AND a.counts = 1 AND a.purpose > 0"
    " AND (a.id > :edge OR (a.state = 0 AND a.held = 0)) ORDER BY a.id"
)
_ADD = sql(
    "INSERT INTO push_ask (id, account, flow, purpose, method, lane, state, held, counts, digits,"
    " tries, nonce, sealed, ends_at, decided_at, decided_by, reported, message) VALUES (:id,"
    " :account, :flow, :purpose, :method, :lane, 0, :held, :counts, :digits, 0, :nonce, :sealed,"
    " :ends_at, NULL, 0, 0, :message)"
)
_CLOSE = sql("UPDATE push_ask SET state = 3 WHERE id = :ask AND state = 0 RETURNING id")
_TRY = sql("UPDATE push_ask SET tries = tries + 1 WHERE id = :ask AND state = 0 AND tries = :tries")
_DECIDE = sql(
    "UPDATE push_ask SET state = :to, decided_at = :at, decided_by = :by"
    " WHERE id = :ask AND state = :was"
)
_REPORT = sql("UPDATE push_ask SET reported = 1 WHERE id = :ask AND state = 2 AND reported = 0")
_USE = sql("UPDATE push_ask SET state = 4 WHERE id = :ask AND state = 1")
_CANCEL = sql(
    "UPDATE push_ask SET state = 3 WHERE account = :account AND counts = 1 AND state IN (0, 1)"
)
_OLD = sql(
    "DELETE FROM push_ask WHERE id IN (SELECT id FROM push_ask WHERE id < :edge ORDER BY id"
    " LIMIT 1000) RETURNING id"
)
_GONE = sql(
    "DELETE FROM push_phone WHERE method IN (SELECT p.method FROM push_phone p"
    " LEFT JOIN method m ON m.id = p.method WHERE m.id IS NULL OR m.state = 2 LIMIT 1000)"
    " RETURNING method"
)


def phone(work: Work, method: int) -> Phone | None:
    """Return a phone that has its key and whose method was not removed."""
    row = work.one(_ONE_PHONE, method=method)
    return _phone(row) if row else None


def phones(work: Work, account: int) -> list[Phone]:
    """Return an account's active phones, oldest first."""
    return [_phone(row) for row in work.all(_PHONES, account=account)]


def begin(work: Work, method: int, account: int, pairing: bytes) -> None:
    """Keep that a phone is awaited."""
    work.keep(_BEGIN, method=method, account=account, pairing=pairing)


def awaited(work: Work, pairing: bytes) -> tuple[int, int, bool] | None:
    """Return the method and account of a pairing code, and whether no phone came yet."""
    row = work.one(_PAIRING, pairing=pairing)
    return (row[0], row[1], bool(row[2])) if row else None


def pair(work: Work, new: Phone) -> None:
    """Keep the phone that came: of any number with one code one is kept."""
    work.guard(
        _PAIR,
        new.method,
        method=new.method,
        public_key=new.public_key,
        secret=new.secret,
        subscription=new.subscription,
    )


def subscribe(work: Work, method: int, subscription: bytes | None) -> None:
    """Keep where a phone is reached, sealed, or that it is not."""
    work.keep(_SUBSCRIBE, method=method, subscription=subscription)


def unsubscribe(work: Work, method: int, subscription: bytes) -> None:
    """Forget where a phone was reached, if it did not say another place meanwhile."""
    work.keep(_UNSUBSCRIBE, method=method, subscription=subscription)


def ask(work: Work, number: int) -> Ask | None:
    """Return an ask."""
    row = work.one(_ONE_ASK, ask=number)
    return _ask(row) if row else None


def waiting(work: Work, account: int) -> list[Ask]:
    """Return what an account's phones are asked now."""
    return [_ask(row) for row in work.all(_WAITING, account=account, now=micros(work.now))]


def enrolling(work: Work, account: int, method: int) -> Ask | None:
    """Return the ask that confirms a phone, once it has come."""
    row = work.one(_ENROLLING, account=account, method=method)
    return _ask(row) if row else None


def earlier(work: Work, account: int) -> list[Before]:
    """Return the last day's asks, which limits count, and one that waits, however old it is."""
    edge = ids.floor(work.now - DAY)
    return [_before(row) for row in work.all(_EARLIER, account=account, edge=edge)]


def add(work: Work, new: Ask, *, counts: bool) -> None:
    """Keep a new ask; a second one that waits on the same account is a conflict."""
    work.keep(
        _ADD,
        id=new.id,
        account=new.account,
        flow=new.flow,
        purpose=new.purpose,
        method=new.method,
        lane=new.lane,
        held=int(new.is_held),
        counts=int(counts),
        digits=new.digits,
        nonce=new.nonce,
        sealed=new.sealed,
        ends_at=micros(new.ends_at),
        message=new.message,
    )


def close(work: Work, over: Sequence[Before]) -> None:
    """Take asks off the phones at once, so that a new one finds the place free."""
    for one in over:
        work.run(_CLOSE, ask=one.id)


def keep_try(work: Work, one: Ask) -> None:
    """Keep one more number that was typed: exact, however many come at once."""
    work.guard(_TRY, one.id, ask=one.id, tries=one.tries)


def decide(work: Work, one: Ask, to: State, by: int) -> None:
    """Keep a decision, if the ask still is as it was read."""
    at = micros(work.now)
    work.guard(_DECIDE, one.id, ask=one.id, was=int(one.state), to=int(to), at=at, by=by)


def report(work: Work, one: Ask) -> None:
    """Keep that a denied ask was reported: once."""
    work.guard(_REPORT, one.id, ask=one.id)


def use(work: Work, one: Ask) -> None:
    """Use an approval up: of any number that try one writes this row."""
    work.guard(_USE, one.id, ask=one.id)


def cancel_all(work: Work, account: int) -> None:
    """Take everything off an account's phones, also what was approved and not used yet."""
    work.keep(_CANCEL, account=account)


def sweep(work: Work, before: datetime) -> int:
    """Delete up to 1,000 asks made before this time, and phones whose method is gone."""
    return len(work.run(_OLD, edge=ids.floor(before))) + len(work.run(_GONE))


def _phone(row: Row) -> Phone:
    method, account, name, state, *rest = row
    return Phone(method, account, name, state == 1, *rest)


def _ask(row: Row) -> Ask:
    number, account, flow, purpose, method, lane, state, held, digits, tries, *more = row
    nonce, sealed, ends_at, decided_at, decided_by, reported, message, live = more
    return Ask(
        id=number,
        account=account,
        flow=flow,
        purpose=purpose,
        method=method,
        lane=lane,
        state=State(state),
        is_held=bool(held),
        digits=digits,
        tries=tries,
        nonce=nonce,
        sealed=sealed,
        ends_at=instant(ends_at),
        decided_at=instant(decided_at) if decided_at else None,
        decided_by=decided_by,
        is_reported=bool(reported),
        message=message,
        is_live=bool(live),
    )


def _before(row: Row) -> Before:
    number, flow, lane, held, state, live, reported, ends_at, message = row
    return Before(
        id=number,
        flow=flow,
        is_strangers=lane == 0,
        is_held=bool(held),
        state=State(state),
        is_live=bool(live),
        is_reported=bool(reported),
        asked_at=ids.drawn_at(number),
        ends_at=instant(ends_at),
        message=message,
    )
