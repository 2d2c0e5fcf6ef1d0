"""A code to a phone that its budget holds back: said to its owner, and never to a stranger."""

import pytest

from sekisho import authenticators
from sekisho.authenticators import Asked, Asker, Gathered, Means, Target
from sekisho.authenticators.rules import Policy
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.records import delivery, flows, limits, spending
from sekisho.records.flows import Purpose, Ticket
from sekisho.records.limits import STRANGER

ACCOUNT, NUMBER = 77, "+819012345678"
MEANS = Means(own={}, kinds=())
POLICY = Policy(flows.Policy(), limits.Policy(), MEANS, costs=spending.Policy(prefix_hour=1))


def ask(db, purpose, to=NUMBER, channel="sms"):
    """Ask for a code in a new flow, as a stranger would."""

    def act(work):
        visitor = Visitor("203.0.113.7")
        ticket = Ticket(work.new_id(), purpose, work.now, "en", "UTC", "")
        paying = Gathered(ACCOUNT, limits.reading(work, ACCOUNT), None, STRANGER)
        target = Target(ACCOUNT, ACCOUNT, "sign_in", to, channel=channel)
        return authenticators.ask(work, POLICY, Asker(visitor, ticket), paying, target)

    return db.write("test", act)


def sent(db):
    """Every message so far: whether it is one that goes."""
    return len(db.read(lambda work: delivery.recent(work, 50)))


@pytest.mark.spec("M2", "D1")
@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_a_code_goes_by_the_channel_of_its_target(db, channel):
    assert isinstance(ask(db, Purpose.SIGN_IN, channel=channel), Asked)
    (message,) = db.read(lambda work: delivery.recent(work, 5))
    assert channel == message.channel


@pytest.mark.spec("F5")
@pytest.mark.attack("079")
@pytest.mark.parametrize("purpose", [Purpose.STEP_UP, Purpose.VERIFY_CONTACT])
def test_who_is_signed_in_is_told_that_no_code_goes_to_his_phone(db, clock, purpose):
    assert isinstance(ask(db, purpose), Asked)
    clock.move(minutes=1)
    refused = ask(db, purpose, "+819012340000")
    assert isinstance(refused, Refused)
    assert Reason.TOO_MANY_REQUESTS is refused.reason
    assert None is not refused.retry_at
    assert 1 == sent(db)


@pytest.mark.spec("F5", "C11")
@pytest.mark.attack("079", "091")
def test_a_stranger_does_not_see_a_stop(db, clock):
    """He is answered as ever; what was written for him is a decoy, which costs nothing."""
    first = ask(db, Purpose.SIGN_IN)
    clock.move(minutes=1)
    held = ask(db, Purpose.SIGN_IN)
    assert isinstance(first, Asked)
    assert isinstance(held, Asked)
    assert first.resends_left == held.resends_left
    assert 2 == sent(db)
    assert 1 == db.read(lambda work: spending.judge(work, NUMBER, spending.Policy())).cost // 10


def test_mail_costs_nothing(db, clock):
    for _ in range(3):
        assert isinstance(ask(db, Purpose.SIGN_IN, "asha@example.org", "email"), Asked)
        clock.move(minutes=6)
