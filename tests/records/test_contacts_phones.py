"""Phones among contacts: sealed with their verdict, and named by who knows the number already."""

import sqlite3
from contextlib import closing

import psycopg
import pytest

from sekisho.ground import phones
from sekisho.ground.addresses import parse_email
from sekisho.ground.phones import Line, Phone
from sekisho.records import contacts
from sekisho.records.contacts import Policy, Way

MOBILE = Phone("+819012345678", "JP", Line.MOBILE, "9.0.42")
LANDLINE = Phone("+81312345678", "JP", Line.LANDLINE, "9.0.42")
BOTH = Policy(channels=frozenset({"sms", "voice"}))
TEXTS = Policy(channels=frozenset({"sms"}))


def added(db, *reached, account=1):
    """Add these and prove them; return them as the store has them."""

    def propose(work, one):
        new = contacts.draft(work, account, one)
        contacts.propose(work, new, one, [])
        return new.id

    for one in reached:
        db.clock.move(seconds=1)
        number = db.write("test", lambda work, one=one: propose(work, one))
        db.write("test", lambda work, number=number: contacts.verify(work, number))
    return db.read(lambda work: contacts.verified(work, account))


@pytest.mark.spec("P3")
def test_a_phone_opens_as_it_was_judged_with_the_version_of_the_metadata(db):
    (found,) = added(db, MOBILE)
    assert ("phone", MOBILE) == (found.kind, contacts.opened(db.keys, found))
    assert "******78" == contacts.hint(db.keys, found)
    assert phones.read("090-1234-5678", "JP").metadata


@pytest.mark.attack("129")
def test_a_copy_of_the_store_shows_no_number(db, store):
    added(db, MOBILE, LANDLINE)
    connect = {"sqlite": sqlite3.connect, "postgresql": psycopg.connect}[store.kind]
    with closing(connect(store.address)) as connection:
        told = repr(connection.execute("SELECT * FROM contact").fetchall())
    assert "5678" not in told
    assert "+81" not in told


def test_where_addresses_are_wanted_phones_are_not_among_them(db):
    added(db, parse_email("asha@example.org"), MOBILE)
    assert ["email"] == [one.kind for one in db.read(lambda work: contacts.of_account(work, 1))]


@pytest.mark.spec("M2", "P3")
def test_a_mobile_has_two_ways_a_landline_one_and_each_only_where_a_gateway_serves(db):
    found = added(db, parse_email("asha@example.org"), MOBILE, LANDLINE)
    both = [(way.kind, way.channel, way.hint) for way in contacts.ways(db.keys, found, BOTH)]
    assert [
        ("email_code", "email", "as*****@example.org"),
        ("sms_code", "sms", "******78"),
        ("voice_code", "voice", "******78"),
        ("voice_code", "voice", "******78"),
    ] == both
    assert ["email", "sms"] == [way.channel for way in contacts.ways(db.keys, found, TEXTS)]
    assert ["email"] == [way.channel for way in contacts.ways(db.keys, found, Policy())]


def test_what_waits_for_its_code_is_no_way(db):
    def act(work):
        new = contacts.draft(work, 1, MOBILE)
        contacts.propose(work, new, MOBILE, [])
        return new

    assert () == contacts.ways(db.keys, [db.write("test", act)], BOTH)


WAYS = (
    Way(1, "email_code", "email", "Asha@example.org", "as*****@example.org"),
    Way(2, "sms_code", "sms", "+819012345678", "******78"),
    Way(2, "voice_code", "voice", "+819012345678", "******78"),
    Way(3, "voice_code", "voice", "+81312340000", "******00"),
)


@pytest.mark.spec("P2")
@pytest.mark.attack("091")
@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        pytest.param("sms_code", "5678", 2, id="the last four digits"),
        pytest.param("sms_code", "５６７８", 2, id="full-width digits"),
        pytest.param("voice_code", "5678", 2, id="by call"),
        pytest.param("voice_code", "0000", 3, id="the landline"),
        pytest.param("sms_code", "090-1234-5678", 2, id="the whole number"),
        pytest.param("sms_code", "+81 90 1234 5678", 2, id="with its country"),
        pytest.param("email_code", "asha@EXAMPLE.org", 1, id="the address"),
        pytest.param("sms_code", "0000", None, id="a landline gets no text"),
        pytest.param("sms_code", "678", None, id="three digits"),
        pytest.param("sms_code", "45678", None, id="five digits"),
        pytest.param("sms_code", "1234", None, id="other digits"),
        pytest.param("sms_code", "080-1234-5678", None, id="another number"),
        pytest.param("sms_code", "asha@example.org", None, id="an address for a text"),
        pytest.param("email_code", "5678", None, id="digits for a mail"),
        pytest.param("email_code", "eve@example.org", None, id="another address"),
        pytest.param("email_code", "", None, id="nothing"),
        pytest.param("sms_code", "", None, id="no digits"),
        pytest.param("totp", "5678", None, id="a kind without messages"),
        pytest.param("sms_code", "5" * 10_000, None, id="over-long"),
    ],
)
def test_what_was_typed_names_a_way_or_nothing(kind, typed, expected):
    found = contacts.confirmed(WAYS, kind, typed)
    assert expected == (found.contact if found else None)


@pytest.mark.attack("091")
def test_what_was_typed_is_compared_with_every_way(monkeypatch):
    """As many comparisons for a match at once, a match at the end and none."""
    counted = []
    monkeypatch.setattr(
        "sekisho.records.contacts.reaching.same",
        lambda one, other: counted.append(1) or one == other,
    )
    counts = []
    for typed in ("5678", "0000", "9999"):
        counted.clear()
        contacts.confirmed(WAYS, "voice_code", typed)
        counts.append(len(counted))
    assert 1 == len(set(counts))


@pytest.mark.attack("091")
def test_a_way_that_is_printed_shows_no_number():
    assert "9012345678" not in repr(WAYS[1])
