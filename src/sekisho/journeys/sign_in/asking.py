"""Asking for a code: gather, judge, keep, tell. A name without an account does the same work."""

import msgspec

from sekisho.authenticators import Material, code
from sekisho.ground.clock import micros
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.showing import shown
from sekisho.ground.visitor import Visitor
from sekisho.journeys.sign_in import rules, store
from sekisho.journeys.sign_in.rules import Asked, Name, Policy
from sekisho.journeys.sign_in.store import Gathered
from sekisho.records import activity, contacts, delivery, flows, limits, sessions
from sekisho.records.activity import Event, Kind
from sekisho.records.limits import STRANGER, Asking, Sending
from sekisho.records.notices import Told


class Ask(msgspec.Struct, frozen=True):
    """A request for a code: by which option, confirmed how where the option has no hint."""

    option: str
    confirm: str | None = None

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "confirm")


class _Asker(msgspec.Struct, frozen=True):
    """Who asks, in which flow, by which name; `subject` stands in where the name has no account."""

    visitor: Visitor
    ticket: flows.Ticket
    name: Name
    subject: int


def ask(
    db: Database,
    policy: Policy,
    gate: limits.Gate,
    visitor: Visitor,
    ticket: flows.Ticket,
    request: Ask,
) -> Asked | Refused:
    """Ask for a code: a new one voids the flow's earlier one (spec C4, C10)."""
    if request.option != flows.option_id(ticket.flow, 0, db.keys):
        return Refused(Reason.OPTION_UNKNOWN, pointer="/option", detail="not one of this flow")
    name = rules.read_name(ticket.name)
    if name is None or (name.email is None and not request.confirm):
        return Refused(Reason.INVALID_INPUT, pointer="/confirm", detail="type the full address")
    coarse = limits.take_request(gate, visitor.ip, db.clock.now())
    if isinstance(coarse, Refused) and not visitor.device:
        return coarse
    asker = _Asker(visitor, ticket, name, contacts.stand_in(db.keys, name.text))
    return db.write("sign_in.ask", lambda work: _ask(work, policy, asker, coarse))


def _ask(
    work: Work, policy: Policy, asker: _Asker, coarse: limits.Passed | Refused
) -> Asked | Refused:
    found = _gather(work, asker)
    lane = _lane(work, found, asker.visitor)

    if isinstance(coarse, Refused) and lane == STRANGER:
        return coarse  # a familiar browser is not stopped by what strangers do (spec F2)
    granted = _judge(work, policy, asker, found, lane)
    if isinstance(granted, Refused):
        return granted

    account = found.owner.account if found.owner else None
    subject = _subject(asker, found)
    challenge = _challenge(work, policy, asker, found, granted)
    asked = flows.Asked(subject, account, lane, challenge)
    flow = flows.grant(work, asker.ticket, found.flow, asked)
    limits.keep(work, subject, found.books[0], granted.book)

    kind = Kind.CODE_ASKED if granted.sending is Sending.CODE else Kind.CODE_HELD_BACK
    activity.record(work, Event(kind, subject, asker.visitor, label=granted.label))
    return Asked(flow, granted.resends_left, is_familiar=lane != STRANGER)


def _gather(work: Work, asker: _Asker) -> Gathered:
    held = sessions.device_of(asker.visitor.device)
    return store.asking(
        work,
        blind=store.blind(work.keys, asker.name),
        subject=asker.subject,
        flow=asker.ticket.flow,
        device=held.id if held else 0,
    )


def _lane(work: Work, found: Gathered, visitor: Visitor) -> int:
    held = sessions.device_of(visitor.device)
    device = sessions.recognised(work.keys, held, found.device_mac)
    return STRANGER if device is None else limits.lane_of(found.books[1], device)


def _judge(
    work: Work, policy: Policy, asker: _Asker, found: Gathered, lane: int
) -> Asking | Refused:
    opened_at = asker.ticket.opened_at
    if found.flow is not None:
        refused = flows.may_ask(found.flow, policy.flows, policy.limits.flow, work.now)
        if refused is not None:
            return refused
    elif work.now >= flows.ends_at(opened_at, opened_at, policy.flows):
        return Refused(Reason.FLOW_EXPIRED)
    book = found.books[1]
    label = code.label_among(book.live_labels(work.now), work.chance.below(1 << 16))
    before = found.flow.asked if found.flow else 0
    return limits.ask(book, lane, policy.limits, work.now, label=label, asked_in_flow=before)


def _subject(asker: _Asker, found: Gathered) -> int:
    return found.owner.account if found.owner else asker.subject


def _challenge(
    work: Work, policy: Policy, asker: _Asker, found: Gathered, granted: Asking
) -> flows.Challenge:
    """Draw the code, post it, and return the challenge that is left of it."""
    challenge = work.new_id()
    drawn = code.draw(
        work,
        Material(
            purpose=asker.ticket.purpose,
            subject=found.flow.subject if found.flow else _subject(asker, found),
            flow=asker.ticket.flow,
            challenge=challenge,
            digits=granted.digits,
            expected=b"",
            earlier=(),
        ),
    )
    if found.flow is not None:
        delivery.supersede(work, found.flow.challenge.message)
    letter = _letter(work, policy, asker, found, granted, drawn.code)
    return flows.Challenge(
        id=challenge,
        digits=granted.digits,
        label=granted.label,
        mac=drawn.mac,
        sent_at=work.now,
        ends_at=work.now + policy.flows.sign_in,
        resend_at=granted.resend_at,
        message=delivery.post(work, letter),
    )


def _letter(
    work: Work, policy: Policy, asker: _Asker, found: Gathered, granted: Asking, drawn: str
) -> delivery.Letter:
    """Write the one message of a request: the code, the day's digest, or a decoy of the code."""
    owner, ticket, visitor = found.owner, asker.ticket, asker.visitor
    language = ticket.language
    is_digest = granted.sending is Sending.DIGEST
    email = asker.name.email
    may_reach = owner is not None or (policy.is_sign_up_open and email is not None)
    if owner is not None:
        email = contacts.address(work.keys, owner.contact, owner.sealed)
    kind = "sign_in" if owner or not policy.is_sign_up_open else "sign_up"
    return delivery.Letter(
        kind=Told.CODE_FLOOD.value if is_digest else kind,
        to=email.text if email else "",
        language=language,
        zone=ticket.zone,
        account=owner.account if owner else asker.subject,
        ends_at=None if is_digest else work.now + policy.flows.sign_in,
        label=None if is_digest else granted.label,
        code=None if is_digest else drawn,
        facts={
            "device": visitor.device_text(language),
            "place": visitor.place(language),
            "asked_at": micros(work.now),
        },
        is_decoy=granted.sending is Sending.NOTHING or not may_reach,
    )
