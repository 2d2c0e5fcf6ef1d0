"""The books of limits: one row a subject, changed only from the version that was read."""

import msgspec
from sqlalchemy import BigInteger, Column, LargeBinary, Table

from sekisho.ground.clock import micros
from sekisho.ground.db import METADATA, NUMBER, ROOM_FOR_UPDATES, Work, sql
from sekisho.records.limits.lanes import Book

BOOK = Table(
    "book",
    METADATA,
    Column("subject", NUMBER, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    Column("pages", LargeBinary, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    postgresql_with=ROOM_FOR_UPDATES,
)
TABLES = (BOOK,)

_READ = sql("SELECT version, pages FROM book WHERE subject = :subject")
_FIRST = sql(
    "INSERT INTO book (subject, version, pages, changed_at) VALUES (:subject, 1, :pages, :at)"
    " ON CONFLICT (subject) DO NOTHING"
)
_NEXT = sql(
    "UPDATE book SET version = version + 1, pages = :pages, changed_at = :at"
    " WHERE subject = :subject AND version = :version"
)
_DROP = sql("DELETE FROM book WHERE subject = :subject")
_OLD = sql(
    "DELETE FROM book WHERE subject IN"
    " (SELECT subject FROM book WHERE changed_at < :edge LIMIT 1000) RETURNING subject"
)
_UNPACK = msgspec.msgpack.Decoder(Book).decode
_PACK = msgspec.msgpack.Encoder().encode


def book(pages: bytes | None) -> Book:
    """Return the book that `pack` wrote; an empty one where there is none yet."""
    return _UNPACK(pages) if pages else Book()


def reading(work: Work, subject: int) -> tuple[int, Book]:
    """Return the version and the book of a subject; version 0 where there is none yet."""
    row = work.one(_READ, subject=subject)
    return (row[0], book(row[1])) if row else (0, Book())


def keep(work: Work, subject: int, version: int, changed: Book) -> None:
    """Keep the changed book, if nobody changed it since `version` was read."""
    at = micros(work.now)
    if version == 0:
        work.guard(_FIRST, subject, subject=subject, pages=_PACK(changed), at=at)
    else:
        work.guard(_NEXT, subject, subject=subject, version=version, pages=_PACK(changed), at=at)


def forget(work: Work, subject: int) -> None:
    """Drop a subject's book: its charges now stand in another's."""
    work.keep(_DROP, subject=subject)


def sweep(work: Work, edge: int) -> int:
    """Delete up to 1,000 books that nobody changed since `edge` (microseconds); return how many.

    The longest window is 90 days, so a book that old holds nothing that counts.
    """
    return len(work.run(_OLD, edge=edge))
