"""Books in the store: what was kept is read, a book changed meanwhile is not overwritten."""

from datetime import timedelta

import pytest

from sekisho.ground.clock import micros
from sekisho.ground.db import Unavailable
from sekisho.records import limits
from sekisho.records.limits import STRANGER, Book, Policy
from tests.support.material import START

SUBJECT = 42


def charged(book):
    return limits.charge(book, STRANGER, 6, Policy(), START).book


@pytest.mark.spec("C6")
def test_a_book_is_read_as_it_was_kept(db):
    book = charged(charged(Book()))
    db.write("test", lambda work: limits.keep(work, SUBJECT, 0, book))
    assert (1, book) == db.read(lambda work: limits.reading(work, SUBJECT))
    db.write("test", lambda work: limits.keep(work, SUBJECT, 1, charged(book)))
    version, found = db.read(lambda work: limits.reading(work, SUBJECT))
    assert (2, 3) == (version, len(found.lane(STRANGER).short))


def test_an_unknown_subject_has_an_empty_book(db):
    assert (0, Book()) == db.read(lambda work: limits.reading(work, 1))


@pytest.mark.spec("C6")
@pytest.mark.parametrize("version", [0, 1])
def test_a_book_changed_meanwhile_is_not_overwritten(db, version):
    """Judged from version 0 or 1, the store stands at 2: nothing is kept, however often tried."""
    for stands in (0, 1):
        db.write("test", lambda work, stands=stands: limits.keep(work, SUBJECT, stands, Book()))
    with pytest.raises(Unavailable):
        db.write("test", lambda work: limits.keep(work, SUBJECT, version, charged(Book())))
    assert (2, Book()) == db.read(lambda work: limits.reading(work, SUBJECT))


def test_a_forgotten_book_is_empty(db):
    db.write("test", lambda work: limits.keep(work, SUBJECT, 0, charged(Book())))
    db.write("test", lambda work: limits.forget(work, SUBJECT))
    assert (0, Book()) == db.read(lambda work: limits.reading(work, SUBJECT))


@pytest.mark.spec("C6")
def test_a_book_that_may_still_count_is_not_swept(db, clock):
    db.write("test", lambda work: limits.keep(work, SUBJECT, 0, charged(Book())))
    for days, left in ((90, 1), (2, 0)):
        now = clock.move(days=days)
        edge = micros(now - timedelta(days=91))
        db.write("test", lambda work, edge=edge: limits.sweep(work, edge))
        version, _ = db.read(lambda work: limits.reading(work, SUBJECT))
        assert left == version
