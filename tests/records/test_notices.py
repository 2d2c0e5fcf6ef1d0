"""Notices: one table, a letter for each in both languages, and what an owner may turn off."""

import pytest

from sekisho.doors.house import LETTERS
from sekisho.ground.addresses import parse_email
from sekisho.ground.visitor import Visitor
from sekisho.ground.words import LANGUAGES, catalogue
from sekisho.records import accounts, activity, contacts, delivery, notices
from sekisho.records.activity import Kind
from sekisho.records.notices import NOTICES, Addressee, Choice, Reach, Told, tell, tell_all
from tests.support.material import START

VISITOR = Visitor(ip="198.51.100.7")
CRITICAL = [told for told, notice in NOTICES.items() if notice.is_critical]
MAY_BE_OFF = {Told.CODE_FLOOD}
EVERY = [told for told, notice in NOTICES.items() if notice.reach is Reach.EVERY]
FIRST, SECOND, REMOVED, PENDING = (
    f"{name}@example.org" for name in ("first", "second", "removed", "pending")
)


@pytest.mark.spec("N1", "N2")
def test_every_notice_has_its_letter_and_its_line():
    assert set(NOTICES) == set(Told)
    assert {told.value for told in Told} <= set(LETTERS)
    assert set(CRITICAL) == set(Told) - MAY_BE_OFF


@pytest.mark.spec("N2")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("told", Told)
def test_a_kind_of_notice_is_named_for_its_owner(told, language):
    assert f"notices.kind.{told}" in catalogue(language)


@pytest.mark.spec("N2")
def test_what_every_address_is_told_need_not_ask_for_a_choice():
    """`addressees` asks for none: a kind that may be off and reaches all would have to."""
    assert set() == set(EVERY) & MAY_BE_OFF


@pytest.mark.spec("N1", "D2")
@pytest.mark.parametrize("is_decoy", [False, True])
def test_telling_is_a_message_and_an_event(db, is_decoy):
    addressee = Addressee(1, "asha@example.org", "en", "UTC", is_decoy=is_decoy)
    db.write("test", lambda work: tell(work, Told.NEW_SIGN_IN, addressee, VISITOR))
    (sent,) = db.read(lambda work: delivery.recent(work, 10))
    (event,) = db.read(lambda work: activity.recent(work, 1, since=START, most=10))
    assert ("new_sign_in", None) == (sent.kind, sent.label)
    reasons = ("new_sign_in", activity.NOBODY) if is_decoy else ("new_sign_in",)
    assert (Kind.NOTICE_SENT, reasons) == (event.kind, event.reasons)


@pytest.fixture
def account(db):
    """An account with an address that signs in, another, a removed one and one not proved."""

    def make(work):
        account = accounts.draw(work)
        accounts.create(work, account, contacts.add(work, account, parse_email(FIRST)), "en", None)
        return account

    account = db.write("test", make)
    for address in (SECOND, REMOVED, PENDING):
        email = parse_email(address)
        new = db.write("test", lambda work, email=email: draft(work, account, email))
        if address != PENDING:
            db.write("test", lambda work, new=new: contacts.verify(work, new))
        if address == REMOVED:
            db.write("test", lambda work, new=new: contacts.remove(work, new))
    return account


def draft(work, account, email):
    new = contacts.draft(work, account, email)
    contacts.propose(work, new, email, ())
    return new.id


@pytest.mark.spec("N1", "N2")
@pytest.mark.attack("071")
@pytest.mark.parametrize("told", EVERY)
def test_every_address_hears_of_it_and_so_does_one_that_was_just_removed(db, account, told):
    """The matrix: each event by each address, also where a row says what no row may say."""

    def forge(work):
        for choice in notices.choices(work, account):
            notices.choose(work, account, choice, is_on=False)

    db.write("test", forge)
    heard = db.read(lambda work: notices.addressees(work, account))
    assert {FIRST, SECOND, REMOVED} == {one.to for one in heard}
    db.write("test", lambda work: tell_all(work, told, heard, VISITOR, contact="x", kind="totp"))
    sent = db.read(lambda work: delivery.recent(work, 10))
    assert [told.value] * 3 == [one.kind for one in sent]


@pytest.mark.spec("N1")
@pytest.mark.attack("071")
def test_after_thirty_days_a_removed_address_hears_no_more(db, account, clock):
    clock.move(days=29, hours=23)
    assert REMOVED in {one.to for one in db.read(lambda work: notices.addressees(work, account))}
    clock.move(hours=2)
    heard = {one.to for one in db.read(lambda work: notices.addressees(work, account))}
    assert {FIRST, SECOND} == heard


@pytest.mark.spec("N2")
@pytest.mark.attack("071")
@pytest.mark.parametrize("told", CRITICAL)
def test_a_critical_notice_is_sent_whatever_the_store_says(db, told):
    choice = Choice(told, "email", is_critical=True, is_on=True)
    db.write("test", lambda work: notices.choose(work, 1, choice, is_on=False))
    assert db.read(lambda work: notices.is_sent(work, 1, told, "email"))
    shown = {one.told: one.is_on for one in db.read(lambda work: notices.choices(work, 1))}
    assert shown[told]
    assert not notices.may_turn_off(told.value, "email")


@pytest.mark.spec("N2")
@pytest.mark.parametrize("told", sorted(MAY_BE_OFF))
def test_what_is_not_critical_goes_off_and_on_for_one_account_alone(db, told):
    choice = Choice(told, "email", is_critical=False, is_on=True)

    def is_sent(account):
        return db.read(lambda work: notices.is_sent(work, account, told, "email"))

    for _ in range(2):  # a second time changes nothing
        db.write("test", lambda work: notices.choose(work, 1, choice, is_on=False))
    assert (False, True) == (is_sent(1), is_sent(2))
    db.write("test", lambda work: notices.choose(work, 1, choice, is_on=True))
    assert is_sent(1)


@pytest.mark.parametrize(
    ("kind", "channel"),
    [("new_sign_in", "email"), ("code_flood", "pigeon"), ("nothing", "email"), ("", "")],
)
def test_what_may_not_be_off_is_not_offered(kind, channel):
    assert not notices.may_turn_off(kind, channel)
