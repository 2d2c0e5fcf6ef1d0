"""Events: kept with what they tell of, read newest first, and unreadable without the key."""

import sqlite3
from contextlib import closing

import psycopg
import pytest

from sekisho.ground.visitor import Visitor
from sekisho.records import activity
from sekisho.records.activity import KINDS, Event, Kind
from tests.support.material import START

ACCOUNT = 42


def visitor(ip="198.51.100.7", agent=""):
    return Visitor(ip=ip, agent=agent)


def record(db, kind=Kind.CODE_ASKED, account=ACCOUNT, **more):
    ip = more.pop("ip", "198.51.100.7")
    db.write("test", lambda work: activity.record(work, Event(kind, account, visitor(ip), **more)))


def recent(db, account=ACCOUNT, most=100, **more):
    return db.read(lambda work: activity.recent(work, account, since=START, most=most, **more))


@pytest.mark.spec("A1")
def test_events_are_read_newest_first_and_by_pages(db, clock):
    for kind in (Kind.CODE_ASKED, Kind.CODE_WRONG, Kind.SIGNED_IN):
        record(db, kind)
        clock.move(seconds=1)
    assert [Kind.SIGNED_IN, Kind.CODE_WRONG, Kind.CODE_ASKED] == [one.kind for one in recent(db)]
    (newest,) = recent(db, most=1)
    assert [Kind.CODE_WRONG] == [one.kind for one in recent(db, most=1, before=newest.id)]


@pytest.mark.spec("A1")
@pytest.mark.parametrize(
    ("ip", "shown"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("0.0.0.0", "0.0.0.0"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_an_event_keeps_all_that_it_says(db, ip, shown):
    record(db, Kind.SIGNED_IN, ip=ip, label="K7", reasons=("new_device", "other"))
    (found,) = recent(db)
    assert (START, shown, "K7", ("new_device", "other"), "|") == (
        found.at,
        found.ip,
        found.label,
        found.reasons,
        found.device,
    )


@pytest.mark.attack("106")
def test_events_of_others_are_not_read(db):
    record(db, account=1)
    assert [] == recent(db, account=2)


def test_sweeping_takes_what_is_older(db, clock):
    record(db)
    later = clock.move(days=5)
    record(db)
    assert 1 == db.write("test", lambda work: activity.sweep(work, later))
    assert [later] == [one.at for one in recent(db)]


def test_numbers_and_words_are_unlike_each_other():
    numbers = [number for number, _ in KINDS.values()]
    assert len(numbers) == len(set(numbers))


@pytest.mark.attack("129")
def test_a_copy_of_the_store_names_no_address(db, store):
    record(db, ip="198.51.100.77")
    connect = {"sqlite": sqlite3.connect, "postgresql": psycopg.connect}[store.kind]
    with closing(connect(store.address)) as connection:
        ((block,),) = connection.execute("SELECT ip FROM event").fetchall()
    assert 16 == len(bytes(block))
    assert bytes([198, 51, 100, 77]) not in bytes(block)
