"""The table of flows: a row a flow that asked for a code, its newest challenge in it."""

from sqlalchemy import BigInteger, Column, LargeBinary, SmallInteger, Table, Text

from sekisho.ground.clock import instant, micros
from sekisho.ground.db import METADATA, NUMBER, ROOM_FOR_UPDATES, Row, Work, sql
from sekisho.records.flows.rules import Challenge, Flow, Purpose, State

FLOW = Table(
    "flow",
    METADATA,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("purpose", SmallInteger, nullable=False),
    Column("subject", BigInteger, nullable=False),
    Column("account", BigInteger),
    Column("lane", BigInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("stepped_at", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("asked", SmallInteger, nullable=False),
    Column("challenge", BigInteger, nullable=False),
    Column("digits", SmallInteger, nullable=False),
    Column("label", Text, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    Column("sent_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("resend_at", BigInteger, nullable=False),
    Column("message", BigInteger, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("earlier", LargeBinary, nullable=False),
    Column("method", BigInteger, nullable=False),
    Column("proved", Text, nullable=False),
    Column("kind", Text, nullable=False),
    postgresql_with=ROOM_FOR_UPDATES,
)
TABLES = (FLOW,)
_VOIDED_BYTES = 40  # a challenge's id and its MAC

COLUMNS = (
    "f.id, f.purpose, f.subject, f.account, f.lane, f.state, f.opened_at, f.stepped_at, f.version,"
    " f.asked, f.challenge, f.digits, f.label, f.mac, f.sent_at, f.ends_at, f.resend_at,"
    " f.message, f.tries, f.earlier, f.method, f.proved, f.kind"
)
WIDTH = 23
_FIND = sql(f"SELECT {COLUMNS} FROM flow f WHERE f.id = :flow")  # noqa: S608  # a constant
_FIRST = sql(
    "INSERT INTO flow (id, purpose, subject, account, lane, state, opened_at, stepped_at, version,"
    " asked, challenge, digits, label, mac, sent_at, ends_at, resend_at, message, tries, earlier,"
    " method, proved, kind) VALUES (:flow, :purpose, :subject, :account, :lane, 0, :opened_at,"
    " :stepped_at, 1, 1,"
    " :challenge, :digits, :label, :mac, :sent_at, :ends_at, :resend_at, :message, 0, :earlier,"
    " :method, '', :kind)"
)
_AGAIN = sql(
    "UPDATE flow SET stepped_at = :stepped_at, version = version + 1, asked = asked + 1,"
    " subject = :subject, lane = :lane, account = :account, challenge = :challenge,"
    " digits = :digits, label = :label, mac = :mac, sent_at = :sent_at, ends_at = :ends_at,"
    " resend_at = :resend_at, message = :message, tries = 0, earlier = :earlier,"
    " method = :method, kind = :kind"
    " WHERE id = :flow AND version = :version AND state = 0"
)
_CHARGE = sql(
    "UPDATE flow SET tries = tries + 1, stepped_at = :at, version = version + 1"
    " WHERE id = :flow AND version = :version AND state = 0"
)
_PASS = sql(
    "UPDATE flow SET state = 1, version = version + 1, stepped_at = :at"
    " WHERE id = :flow AND state = 0 AND challenge = :challenge"
)
_ADVANCE = sql(
    "UPDATE flow SET proved = :proved, version = version + 1, stepped_at = :at, ends_at = :at_too,"
    " resend_at = :at_also, kind = '', account = :account"
    " WHERE id = :flow AND state = 0 AND challenge = :challenge AND proved = :before"
)
_REFUSE = sql("UPDATE flow SET state = 2, version = version + 1 WHERE id = :flow AND state = 0")
_OLD = sql(
    "DELETE FROM flow WHERE id IN (SELECT id FROM flow WHERE id < :edge LIMIT 1000) RETURNING id"
)


def shape(row: Row) -> Flow:
    """Return the flow in the first `WIDTH` columns of a row that selected `COLUMNS`."""
    return Flow(
        id=row[0],
        purpose=Purpose(row[1]),
        subject=row[2],
        account=row[3],
        lane=row[4],
        state=State(row[5]),
        opened_at=instant(row[6]),
        stepped_at=instant(row[7]),
        version=row[8],
        asked=row[9],
        challenge=Challenge(
            id=row[10],
            digits=row[11],
            label=row[12],
            mac=row[13],
            sent_at=instant(row[14]),
            ends_at=instant(row[15]),
            resend_at=instant(row[16]),
            message=row[17],
            tries=row[18],
            method=row[20],
            kind=row[22],
        ),
        earlier=_voided(row[19]),
        proved=tuple(row[21].split(",")) if row[21] else (),
    )


def find(work: Work, flow: int) -> Flow | None:
    """Return a flow that asked for a code."""
    row = work.one(_FIND, flow=flow)
    return shape(row) if row else None


def keep_first(work: Work, flow: Flow) -> None:
    """Keep a new flow with its first challenge."""
    newest = flow.challenge
    work.keep(
        _FIRST,
        flow=flow.id,
        purpose=int(flow.purpose),
        subject=flow.subject,
        account=flow.account,
        lane=flow.lane,
        opened_at=micros(flow.opened_at),
        stepped_at=micros(flow.stepped_at),
        challenge=newest.id,
        digits=newest.digits,
        label=newest.label,
        mac=newest.mac,
        sent_at=micros(newest.sent_at),
        ends_at=micros(newest.ends_at),
        resend_at=micros(newest.resend_at),
        message=newest.message,
        earlier=_octets(flow.earlier),
        method=newest.method,
        kind=newest.kind,
    )


def keep_again(work: Work, flow: Flow) -> None:
    """Keep a flow's next challenge, if the flow is still at the version that was read."""
    newest = flow.challenge
    work.guard(
        _AGAIN,
        flow.id,
        flow=flow.id,
        version=flow.version,
        subject=flow.subject,
        account=flow.account,
        lane=flow.lane,
        stepped_at=micros(flow.stepped_at),
        challenge=newest.id,
        digits=newest.digits,
        label=newest.label,
        mac=newest.mac,
        sent_at=micros(newest.sent_at),
        ends_at=micros(newest.ends_at),
        resend_at=micros(newest.resend_at),
        message=newest.message,
        earlier=_octets(flow.earlier),
        method=newest.method,
        kind=newest.kind,
    )


def keep_charge(work: Work, flow: Flow) -> None:
    """Keep one more try, if the flow is still at the version that was read."""
    at = micros(work.now)
    work.guard(_CHARGE, flow.id, flow=flow.id, version=flow.version, at=at)


def keep_pass(work: Work, flow: Flow) -> None:
    """Spend the challenge: of any number of right answers one writes this row (spec C3)."""
    work.guard(_PASS, flow.id, flow=flow.id, challenge=flow.challenge.id, at=micros(work.now))


def keep_proved(work: Work, flow: Flow, kind: str) -> None:
    """Spend the challenge and keep what it proved, and whose, where more is wanted: once."""
    at = micros(work.now)
    work.guard(
        _ADVANCE,
        flow.id,
        flow=flow.id,
        challenge=flow.challenge.id,
        proved=",".join((*flow.proved, kind)),
        before=",".join(flow.proved),
        account=flow.account,
        at=at,
        at_too=at,
        at_also=at,
    )


def refuse(work: Work, flow: int) -> None:
    """End an open flow for good: whose account it asked for said that it was not him."""
    work.keep(_REFUSE, flow=flow)


def sweep(work: Work, edge: int) -> int:
    """Delete up to 1,000 flows whose id is below `edge`; return how many."""
    return len(work.run(_OLD, edge=edge))


def _octets(voided: tuple[tuple[int, bytes], ...]) -> bytes:
    return b"".join(challenge.to_bytes(8, "big") + mac for challenge, mac in voided)


def _voided(octets: bytes) -> tuple[tuple[int, bytes], ...]:
    return tuple(
        (int.from_bytes(octets[at : at + 8], "big"), octets[at + 8 : at + _VOIDED_BYTES])
        for at in range(0, len(octets), _VOIDED_BYTES)
    )
