"""Asking for a code to sign in: gather, then ask. A name without an account does the same work."""

import msgspec

from sekisho import authenticators
from sekisho.authenticators import Ask, Asked, Asker, Target
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.sign_in import rules, seconding, store, telling
from sekisho.journeys.sign_in.rules import Name, Policy
from sekisho.journeys.sign_in.store import Gathered
from sekisho.records import contacts, flows, limits, notices, sessions
from sekisho.records.limits import STRANGER
from sekisho.records.notices import Told


class _Named(msgspec.Struct, frozen=True):
    """Who asks, by which name; `subject` stands in where the name has no account."""

    asker: Asker
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
        asker = Asker(visitor, ticket)
        return db.write(
            "sign_in.ask_second", lambda work: seconding.ask(work, policy, asker, request)
        )
    name = rules.read_name(ticket.name)
    if name is None or (name.email is None and not request.confirm):
        return Refused(Reason.INVALID_INPUT, pointer="/confirm", detail="type the full address")
    coarse = limits.take_request(gate, visitor.ip, db.clock.now())
    if isinstance(coarse, Refused) and not visitor.device:
        return coarse
    named = _Named(Asker(visitor, ticket), name, contacts.stand_in(db.keys, name.text))
    return db.write("sign_in.ask", lambda work: _ask(work, policy, named, coarse))


def _ask(
    work: Work, policy: Policy, named: _Named, coarse: limits.Passed | Refused
) -> Asked | Refused:
    found = _gather(work, named)
    lane = _lane(work, found, named.asker.visitor)
    if isinstance(coarse, Refused) and lane == STRANGER:
        return coarse  # a familiar browser is not stopped by what strangers do (spec F2)

    if found.flow is not None and found.flow.proved:
        return Refused(Reason.OPTION_UNKNOWN, pointer="/option", detail="proved already")
    subject = found.owner.account if found.owner else named.subject
    paying = authenticators.Gathered(subject, found.books, found.flow, lane)
    target = _target(work, policy, named, found, subject)
    asked = authenticators.ask(work, policy, named.asker, paying, target)
    if isinstance(asked, Asked) and asked.is_grown:
        visitor, ticket = named.asker.visitor, named.asker.ticket
        who = telling.addressee(work, found.owner, ticket, subject)
        notices.tell(work, Told.GUESSES_BLOCKED, who, visitor)
    return asked


def _gather(work: Work, named: _Named) -> Gathered:
    held = sessions.device_of(named.asker.visitor.device)
    return store.asking(
        work,
        blind=store.blind(work.keys, named.name),
        subject=named.subject,
        flow=named.asker.ticket.flow,
        device=held.id if held else 0,
    )


def _lane(work: Work, found: Gathered, visitor: Visitor) -> int:
    held = sessions.device_of(visitor.device)
    device = sessions.recognised(work.keys, held, found.device_mac)
    return STRANGER if device is None else limits.lane_of(found.books[1], device)


def _target(work: Work, policy: Policy, named: _Named, found: Gathered, subject: int) -> Target:
    """Return whom the code reaches: the owner at his own spelling, a newcomer, or nobody."""
    owner, email = found.owner, named.name.email
    may_reach = owner is not None or (policy.is_sign_up_open and email is not None)
    if owner is not None:
        email = contacts.address(work.keys, owner.contact, owner.sealed)
    return Target(
        subject=subject,
        account=owner.account if owner else None,
        kind="sign_in" if owner or not policy.is_sign_up_open else "sign_up",
        to=email.text if email else "",
        is_decoy=not may_reach,
    )
