"""Contacts of the signed-in person: listed, added, proved, removed. Each change spends a proof.

A contact is an address or a phone; to a phone its code goes by text or by a call.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from sekisho import authenticators
from sekisho.authenticators import Asked, Asker, Gathered, Given, Target, Verdict
from sekisho.ground import ids
from sekisho.ground.db import Database, Work
from sekisho.ground.keys import Keys
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.security_info import rules
from sekisho.journeys.security_info.rules import Card, Policy, Proposed
from sekisho.records import accounts, activity, contacts, flows, limits, notices, proofs, spending
from sekisho.records.activity import Event, Kind
from sekisho.records.contacts import Found, State
from sekisho.records.notices import Told
from sekisho.records.sessions import Session


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The contact that a code is wanted for, and by which channel where it is a phone."""

    contact: Found
    channel: str


def listed(work: Work, policy: Policy, session: Session) -> list[Card]:
    """Return the account's contacts as its owner sees them, oldest first."""
    found = contacts.every(work, session.account)
    return [card(work.keys, policy, one) for one in found if one.state is not State.REMOVED]


def card(keys: Keys, policy: Policy, found: Found) -> Card:
    """Return a contact with its hint."""
    reached = contacts.opened(keys, found)
    channels = contacts.channels_to(reached, policy.contacts)
    return Card(found, contacts.hint(keys, found), channels)


def add(
    db: Database,
    policy: Policy,
    visitor: Visitor,
    session: Session,
    parameters: Mapping[str, str],
) -> Proposed | Refused:
    """Add an address, which counts once its code was given back; spends a proof (P1, P8).

    Args: `parameters` are those of the act, as the proof was given for.
    """
    return db.write("contacts.add", lambda work: _add(work, policy, visitor, session, parameters))


def send_again(
    db: Database,
    policy: Policy,
    visitor: Visitor,
    session: Session,
    contact: int,
    *,
    channel: str = "",
) -> Asked | Refused:
    """Send a new code to a contact that waits for one; to a phone by the channel that is wished."""

    def again(work: Work) -> Asked | Refused:
        found = _pending(work, session, contact)
        if isinstance(found, Refused):
            return found
        paying = _gathered(work, session, found)
        if paying.book[1].lane(paying.lane).is_closed:
            return Refused(Reason.FLOW_EXPIRED)  # no code of this proof is compared any more
        return _send(work, policy, visitor, paying, _Wanted(found, channel))

    return db.write("contacts.send_again", again)


def confirm(
    db: Database,
    policy: Policy,
    visitor: Visitor,
    session: Session,
    contact: int,
    typed: str | None,
) -> Card | Refused:
    """Prove a contact by the code that was sent to it."""
    if not db.clock.is_steady():
        return Refused(Reason.UNAVAILABLE)
    paid = db.write("contacts.charge", lambda work: _charge(work, policy, session, contact))
    if isinstance(paid, Refused):
        return paid
    given = Given(typed)
    verdict = authenticators.compare(db.keys, paid.flow, given)
    if verdict is Verdict.RIGHT:
        return db.write(
            "contacts.confirm", lambda work: _confirm(work, policy, visitor, session, paid)
        )
    kind, refused = authenticators.told(paid, verdict, given)
    event = Event(kind, session.account, visitor, paid.flow.challenge.label)
    db.write("contacts.wrong", lambda work: activity.record(work, event))
    return refused


def remove(
    db: Database, policy: Policy, visitor: Visitor, session: Session, contact: int
) -> Card | Refused:
    """Remove a contact; spends a proof, except for one that was never proved (P5, P8)."""
    return db.write(
        "contacts.remove", lambda work: _remove(work, policy, visitor, session, contact)
    )


def pending(work: Work, policy: Policy, session: Session, contact: int) -> Proposed | None:
    """Return a contact that waits for its code, with the newest one."""
    found = _pending(work, session, contact)
    flow = None if isinstance(found, Refused) else flows.find(work, found.flow)
    if isinstance(found, Refused) or flow is None:
        return None
    left = max(0, policy.limits.flow - flow.asked)
    return Proposed(card(work.keys, policy, found), Asked(flow, left, is_familiar=True))


def _add(
    work: Work, policy: Policy, visitor: Visitor, session: Session, parameters: Mapping[str, str]
) -> Proposed | Refused:
    reached = rules.read_contact(parameters, policy)
    if isinstance(reached, Refused):
        return reached
    new = contacts.draft(work, session.account, reached)
    paying = _gathered(work, session, new)
    turn, book = limits.reading(work, session.account)
    proof = _proof(work, session, parameters)
    if isinstance(proof, Refused):
        return proof
    found = contacts.every(work, session.account)
    refused = contacts.may_add(found, new.blind, policy.contacts)
    if refused is not None:
        return refused
    wanted = _Wanted(new, parameters.get("channel", ""))
    asked = _send(work, policy, visitor, paying, wanted)
    if isinstance(asked, Refused):
        return asked
    # Threat: adds that race for the last place would share it; the owner's book makes them queue
    # (test_adds_that_race_for_the_last_place_do_not_share_it).
    limits.keep(work, session.account, turn, book)
    proofs.spend(work, proof)
    contacts.propose(work, new, reached, found)
    activity.record(work, Event(Kind.CONTACT_PROPOSED, session.account, visitor))
    return Proposed(card(work.keys, policy, new), asked)


def _proof(work: Work, session: Session, parameters: Mapping[str, str]) -> int | Refused:
    """Return the proof for adding this; over which channel its code goes need not be proved."""
    bare = {name: value for name, value in parameters.items() if name != "channel"}
    proof = proofs.demand(work, session.account, session.id, rules.ADD, parameters)
    if isinstance(proof, Refused) and bare != parameters:
        return proofs.demand(work, session.account, session.id, rules.ADD, bare)
    return proof


def _confirm(
    work: Work, policy: Policy, visitor: Visitor, session: Session, paid: flows.Charged
) -> Card | Refused:
    contact = paid.flow.subject
    accounts.hold(work, session.account)
    found = _pending(work, session, contact)
    flow = flows.find(work, paid.flow.id)
    if isinstance(found, Refused) or flow is None or flow.challenge.id != paid.flow.challenge.id:
        return Refused(Reason.CODE_USED)
    payer = contacts.payer_of(work.keys, found)
    book = limits.reading(work, payer)
    others = notices.addressees(work, session.account, but=contact)
    flows.spend(work, paid, book, payer)
    contacts.verify(work, contact)
    accounts.void_codes(work, session.account)
    if found.kind == contacts.PHONE:
        spending.typed(work, flow.challenge.message)
    activity.record(work, Event(Kind.CONTACT_ADDED, session.account, visitor))
    shown = card(work.keys, policy, replace(found, state=State.VERIFIED, verified_at=work.now))
    notices.tell_all(work, Told.CONTACT_ADDED, others, visitor, contact=shown.hint)
    return shown


def _remove(
    work: Work, policy: Policy, visitor: Visitor, session: Session, contact: int
) -> Card | Refused:
    accounts.hold(work, session.account)
    found = contacts.every(work, session.account)
    named = next((one for one in found if one.id == contact), None)
    if named is None or named.state is State.REMOVED:
        return Refused(Reason.NOT_FOUND)
    refused = contacts.may_remove(found, named)
    if refused is not None:
        return refused
    shown = card(work.keys, policy, named)
    if named.state is State.PENDING:
        contacts.drop(work, contact)
        return shown
    bound = {"id": ids.show("ctc", contact)}
    proof = proofs.demand(work, session.account, session.id, rules.REMOVE, bound)
    if isinstance(proof, Refused):
        return proof
    told = notices.addressees(work, session.account)
    proofs.spend(work, proof)
    contacts.remove(work, contact)
    accounts.void_codes(work, session.account)
    activity.record(work, Event(Kind.CONTACT_REMOVED, session.account, visitor))
    notices.tell_all(work, Told.CONTACT_REMOVED, told, visitor, contact=shown.hint)
    return shown


def _pending(work: Work, session: Session, contact: int) -> Found | Refused:
    """Return a contact that waits for its code; one that counts has used its code."""
    held = contacts.every(work, session.account)
    found = next((one for one in held if one.id == contact), None)
    if found is None or found.state is State.REMOVED:
        return Refused(Reason.NOT_FOUND)
    return found if found.state is State.PENDING else Refused(Reason.CODE_USED, kind="contact")


def _charge(work: Work, policy: Policy, session: Session, contact: int) -> flows.Charged | Refused:
    found = _pending(work, session, contact)
    if isinstance(found, Refused):
        return found
    return authenticators.charge(work, policy, _gathered(work, session, found))


def _send(
    work: Work, policy: Policy, visitor: Visitor, paying: Gathered, wanted: _Wanted
) -> Asked | Refused:
    """Send the code that proves a contact, to it alone."""
    contact = wanted.contact
    reached = contacts.opened(work.keys, contact)
    channel = contacts.channel_to(reached, wanted.channel, policy.contacts)
    if isinstance(channel, Refused):
        return channel
    ticket = flows.Ticket(
        flow=contact.flow,
        purpose=flows.Purpose.VERIFY_CONTACT,
        opened_at=contact.added_at,
        language=visitor.language,
        zone=visitor.zone or policy.zone,
        name="",
    )
    target = Target(
        subject=contact.id,
        account=contact.account,
        kind="verify_contact",
        to=reached.text,
        channel=channel,
    )
    return authenticators.ask(work, policy, Asker(visitor, ticket), paying, target)


def _gathered(work: Work, session: Session, contact: Found) -> Gathered:
    """Return who pays: the book of the address itself, in a lane of this account.

    # Threat: 078, who adds the address of somebody else fills its inbox no faster from many
    # accounts; and no account uses up the tries of another.

    A lane that wrong codes closed is open to a contact that was added since: adding it took the
    proof of another authenticator (spec C6).
    """
    payer, lane = contacts.payer_of(work.keys, contact), session.account
    version, book = limits.reading(work, payer)
    opened = limits.opened(book, lane, contact.added_at)
    flow = flows.find(work, contact.flow)
    return Gathered(payer, (version, opened), flow, lane=lane, tells=session.account)
