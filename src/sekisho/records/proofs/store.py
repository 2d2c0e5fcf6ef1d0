"""The table of proofs. Each lives five minutes and is deleted when it is spent."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table

from sekisho.ground.clock import micros
from sekisho.ground.db import METADATA, NUMBER, Work, sql

PROOF = Table(
    "proof",
    METADATA,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("session", BigInteger, nullable=False),
    Column("bound", LargeBinary, nullable=False),
    Column("proved_at", BigInteger, nullable=False),
    Index("proof_session", "session"),
)
TABLES = (PROOF,)

_ADD = sql(
    "INSERT INTO proof (id, session, bound, proved_at) VALUES (:flow, :session, :bound, :at)"
)
# What was proved before a change of security info died with it (spec V5).
_FIND = sql(
    "SELECT p.id FROM proof p JOIN account a ON a.id = :account WHERE p.session = :session"
    " AND p.bound = :bound AND p.proved_at > :edge AND p.proved_at >= a.voided_at"
    " ORDER BY p.id LIMIT 1"
)
_SPEND = sql("DELETE FROM proof WHERE id = :proof")
_OLD = sql(
    "DELETE FROM proof WHERE id IN (SELECT id FROM proof WHERE proved_at < :edge LIMIT 1000)"
    " RETURNING id"
)


def add(work: Work, flow: int, session: int, bound: bytes) -> None:
    """Keep the proof that a flow earned; a flow earns one."""
    work.keep(_ADD, flow=flow, session=session, bound=bound, at=micros(work.now))


def find(work: Work, account: int, session: int, bound: bytes, since: datetime) -> int | None:
    """Return the oldest proof that is good for this."""
    row = work.one(_FIND, account=account, session=session, bound=bound, edge=micros(since))
    return row[0] if row else None


def spend(work: Work, proof: int) -> None:
    """Delete a proof, or meet another who was faster."""
    work.guard(_SPEND, proof, proof=proof)


def sweep(work: Work, edge: int) -> int:
    """Delete up to 1,000 proofs earned before `edge` (microseconds); return how many."""
    return len(work.run(_OLD, edge=edge))
