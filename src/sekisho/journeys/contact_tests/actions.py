"""The verbs of test messages: send one, look what became of it, say that it arrived."""

from dataclasses import replace

from sekisho.ground.clock import instant, micros
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.contact_tests.rules import Policy, Step, Tested, Trial
from sekisho.records import accounts, activity, contacts, delivery, limits, spending, trials
from sekisho.records.activity import Event, Kind
from sekisho.records.contacts import Found, State
from sekisho.records.delivery import reached
from sekisho.records.sessions import Session

LETTER = "test_message"


def send(
    db: Database, policy: Policy, visitor: Visitor, session: Session, contact: int
) -> Tested | Refused:
    """Send a test to a contact, verified or new; it proves nothing and changes nothing."""
    return db.write(
        "contact_tests.send", lambda work: _send(work, policy, visitor, session, contact)
    )


def look(work: Work, session: Session, contact: int) -> Tested | None:
    """Return a contact of one's own with its newest test."""
    found = _found(work, session, contact)
    if found is None:
        return None
    message = trials.newest(work, contact)
    sent = delivery.seen(work, message) if message else None
    return _tested(work, found, _trial(sent) if sent else None)


def arrived(db: Database, session: Session, contact: int) -> Tested | None:
    """Take back what marks a contact as not reached, on the word of its owner."""

    def unmark(work: Work) -> Tested | None:
        tested = look(work, session, contact)
        if tested is None:
            return None
        reached.arrived(work, contacts.opened(work.keys, tested.contact).text)
        return replace(tested, failing_since=None)

    return db.write("contact_tests.arrived", unmark)


def _send(
    work: Work, policy: Policy, visitor: Visitor, session: Session, contact: int
) -> Tested | Refused:
    found = _found(work, session, contact)
    if found is None:
        return Refused(Reason.NOT_FOUND)
    to = contacts.opened(work.keys, found)
    channel = contacts.channel_to(to, "", policy.contacts)
    if isinstance(channel, Refused):
        return channel
    address = reached.mark(work.keys, to.text)
    payer = contacts.stand_in(work.keys, contacts.identity(to))
    turn, book = limits.reading(work, payer)  # first: it guards what is read after it
    earlier = trials.sent_at(work, address, work.now - trials.DAY)
    cost = None if channel == contacts.EMAIL else spending.judge(work, to.text, policy.costs)
    letter = _letter(work, visitor, session.account, to.text, channel)
    tested = _tested(work, found, None)

    refused = trials.may_send(earlier, policy.trials, work.now)
    if refused is not None:
        return refused
    if isinstance(cost, spending.Held):  # Threat: 079, tests pump a range of numbers as codes do
        spending.hold(work, cost, to.text)
        return Refused(Reason.TOO_MANY_REQUESTS, retry_at=cost.until)

    # Threat: tests at once would share the last place; the address's book makes them queue
    # (test_of_tests_at_once_one_is_sent).
    limits.keep(work, payer, turn, book)
    message = delivery.post(work, letter)
    trials.add(work, message, address, found.id)
    if cost is not None:
        spending.keep(work, cost, message, is_new=False)
    activity.record(work, Event(Kind.TEST_SENT, session.account, visitor))
    return replace(tested, trial=Trial(message, (Step(work.now, "queued", ""),)))


def _letter(work: Work, visitor: Visitor, account: int, to: str, channel: str) -> delivery.Letter:
    owner = accounts.find(work, account)
    language = (owner.language if owner else None) or visitor.language
    return delivery.Letter(
        kind=LETTER,
        to=to,
        channel=channel,
        language=language,
        zone=(owner.zone if owner else None) or visitor.zone,
        account=account,
        facts={
            "device": visitor.device_text(language),
            "place": visitor.place(language),
            "asked_at": micros(work.now),
        },
    )


def _found(work: Work, session: Session, contact: int) -> Found | None:
    every = contacts.every(work, session.account)
    mine = [one for one in every if one.id == contact and one.state is not State.REMOVED]
    return mine[0] if mine else None


def _tested(work: Work, found: Found, trial: Trial | None) -> Tested:
    to = contacts.opened(work.keys, found).text
    failure = reached.failures(work, [to]).get(to)
    since = failure.at if failure else None
    return Tested(found, contacts.hint(work.keys, found), trial, since)


def _trial(sent: delivery.Sent) -> Trial:
    steps = tuple(Step(instant(one.at), one.state, one.detail) for one in sent.timeline)
    return Trial(sent.id, steps)
