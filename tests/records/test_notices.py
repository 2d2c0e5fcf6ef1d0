"""Notices: every kind has its letter in both languages, and telling is one work with its event."""

import pytest

from sekisho.doors.house import LETTERS
from sekisho.ground.visitor import Visitor
from sekisho.records import activity, delivery
from sekisho.records.activity import Kind
from sekisho.records.notices import NOTICES, Addressee, Told, tell
from tests.support.material import START

VISITOR = Visitor(ip="198.51.100.7")


@pytest.mark.spec("N1")
def test_every_notice_has_its_letter_and_its_line():
    assert set(NOTICES) == set(Told)
    assert {told.value for told in Told} <= set(LETTERS)
    assert {told for told, notice in NOTICES.items() if notice.is_critical} == {
        Told.NEW_SIGN_IN,
        Told.GUESSES_BLOCKED,
        Told.CONTACT_ADDED,
        Told.CONTACT_REMOVED,
        Told.METHOD_ADDED,
        Told.METHOD_REMOVED,
        Told.TWO_STEP_ON,
        Told.TWO_STEP_OFF,
        Told.SECOND_STEP_FAILED,
    }


@pytest.mark.spec("N1", "D2")
@pytest.mark.parametrize("is_decoy", [False, True])
def test_telling_is_a_message_and_an_event(db, is_decoy):
    addressee = Addressee(1, "asha@example.org", "en", "UTC", is_decoy=is_decoy)
    db.write("test", lambda work: tell(work, Told.NEW_SIGN_IN, addressee, VISITOR))
    (sent,) = db.read(lambda work: delivery.recent(work, 10))
    (event,) = db.read(lambda work: activity.recent(work, 1, since=START, most=10))
    assert ("new_sign_in", None) == (sent.kind, sent.label)
    assert (Kind.NOTICE_SENT, ("new_sign_in",)) == (event.kind, event.reasons)
