"""Contacts and accounts: one address has one account, and only the key knows whose it is."""

import sqlite3
from contextlib import closing

import psycopg
import pytest

from sekisho.ground.addresses import parse_email
from sekisho.ground.db import Unavailable
from sekisho.records import accounts, contacts
from sekisho.records.contacts.actions import AddressLost
from tests.support.material import draw_keys

ASHA = parse_email("Asha@example.org")


def add(db, email=ASHA, account=1):
    return db.write("test", lambda work: contacts.add(work, account, email))


def find(db, text):
    return db.read(lambda work: contacts.find(work, contacts.blind(work.keys, parse_email(text))))


@pytest.mark.spec("L1")
@pytest.mark.attack("076")
def test_an_address_is_found_by_any_case_and_opens_as_it_was_stored(db):
    number = add(db)
    found = find(db, "ASHA@EXAMPLE.org")
    assert (number, 1) == (found.id, found.account)
    assert "Asha@example.org" == contacts.address(db.keys, found.id, found.sealed).text
    assert [found] == db.read(lambda work: contacts.of_account(work, 1))


@pytest.mark.attack("075", "076")
@pytest.mark.parametrize(
    "other",
    ["asha+x@example.org", "a.sha@example.org", "asha@example.com", "asha@xn--exampl-gva.org"],
)
def test_another_address_is_not_found(db, other):
    add(db)
    assert None is find(db, other)


@pytest.mark.spec("L1")
def test_an_address_that_somebody_has_is_not_added_again(db):
    add(db)
    with pytest.raises(Unavailable):  # a conflict that no repeating heals
        add(db, parse_email("asha@EXAMPLE.org"), account=2)
    assert [] == db.read(lambda work: contacts.of_account(work, 2))


@pytest.mark.attack("129")
def test_a_copy_of_the_store_names_nobody(db, store):
    add(db)
    connect = {"sqlite": sqlite3.connect, "postgresql": psycopg.connect}[store.kind]
    with closing(connect(store.address)) as connection:
        told = repr(connection.execute("SELECT * FROM contact").fetchall()).lower()
    assert "asha" not in told
    assert "example" not in told


def test_under_another_key_an_address_is_lost_and_not_another(db):
    number = add(db)
    (found,) = db.read(lambda work: contacts.of_account(work, 1))
    with pytest.raises(AddressLost):
        contacts.address(draw_keys(8), number, found.sealed)
    with pytest.raises(AddressLost):
        contacts.address(db.keys, number + 1, found.sealed)  # moved into another's row


@pytest.mark.spec("C11")
def test_a_stand_in_is_steady_and_fits_where_accounts_stand():
    keys = draw_keys()
    assert contacts.stand_in(keys, "a@b.example") == contacts.stand_in(keys, "a@b.example")
    assert contacts.stand_in(keys, "a@b.example") != contacts.stand_in(keys, "c@b.example")
    assert 0 <= contacts.stand_in(keys, "a@b.example") < 1 << 63


@pytest.mark.spec("L1")
def test_an_account_is_found_as_it_was_made(db):
    def make(work):
        account = accounts.draw(work)
        accounts.create(work, account, 7, "ja", None)
        return account

    account = db.write("test", make)
    found = db.read(lambda work: accounts.find(work, account))
    assert (account, 7, True, "ja", None) == (
        found.id,
        found.contact,
        found.may_sign_in,
        found.language,
        found.zone,
    )
    assert None is db.read(lambda work: accounts.find(work, account + 1))
