"""Asking for a proof to sign in: gather, then ask. A name without an account does the same work."""

import msgspec
from msgspec.structs import replace

from sekisho import authenticators
from sekisho.authenticators import Ask, Asked, Asker, Target, lanes, passkeys, registered
from sekisho.authenticators.passkey import Challenge
from sekisho.authenticators.registered import Wanted
from sekisho.ground import words
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.sign_in import actions, rules, store, telling, ways
from sekisho.journeys.sign_in.rules import Name, Policy
from sekisho.journeys.sign_in.store import Gathered
from sekisho.journeys.sign_in.ways import Way
from sekisho.records import contacts, flows, limits, notices, proofs, sessions
from sekisho.records.limits import STRANGER
from sekisho.records.notices import Told

_UNKNOWN = Refused(Reason.OPTION_UNKNOWN, pointer="/option", detail="not one of this flow")


class _Named(msgspec.Struct, frozen=True):
    """Who asks, by which name and which way; `subject` stands in where there is no account.

    `way` is None where only the account's own ways can have this option.
    """

    asker: Asker
    name: Name | None
    subject: int
    way: Way | None
    request: Ask


def ask(
    db: Database,
    policy: Policy,
    gate: limits.Gate,
    visitor: Visitor,
    ticket: flows.Ticket,
    request: Ask,
) -> Asked | Refused:
    """Ask for a proof: a new code voids the flow's earlier one (spec C4, C10)."""
    way = ways.chosen(ways.strangers(db.keys, ticket, policy.means), request.option)
    if way is not None and way.confirms and not request.confirm:
        detail = "type the full address, or the last four digits"
        return Refused(Reason.INVALID_INPUT, pointer="/confirm", detail=detail)
    coarse = limits.take_request(gate, visitor.ip, db.clock.now())
    if isinstance(coarse, Refused) and not visitor.device:
        return coarse
    name = rules.read_name(ticket.name)
    subject = contacts.stand_in(db.keys, name.text) if name else ticket.flow
    named = _Named(Asker(visitor, ticket), name, subject, way, request)
    asked = db.write("sign_in.ask", lambda work: _ask(work, policy, named, coarse))
    if isinstance(asked, Refused) or asked.kind != "passkey":
        return asked
    browser = db.read(
        lambda work: passkeys.request(work, policy.means, visitor.service_origin, asked.flow)
    )
    return replace(asked, public_key=browser)


def ask_by_passkey(
    db: Database,
    policy: Policy,
    gate: limits.Gate,
    visitor: Visitor,
    ticket: flows.Ticket,
    drawn: Challenge,
) -> flows.Flow | Refused:
    """Open the flow of a sign-in page, whose challenge its browser held until it was answered.

    A flow is opened once, so a challenge serves one answer (attack 052).
    """
    coarse = limits.take_request(gate, visitor.ip, db.clock.now())
    if isinstance(coarse, Refused) and not visitor.device:
        return coarse
    return db.write("sign_in.ask_by_passkey", lambda work: _open(work, policy, ticket, drawn))


def _open(
    work: Work, policy: Policy, ticket: flows.Ticket, drawn: Challenge
) -> flows.Flow | Refused:
    if flows.find(work, ticket.flow) is not None:
        return Refused(Reason.CODE_USED, kind="passkey")
    if work.now >= drawn.ends_at:
        return Refused(Reason.CODE_EXPIRED, kind="passkey")
    wanted = Wanted("passkey", ticket.flow, None)
    challenge = registered.challenge(work, policy, wanted, drawn.octets)
    asked = flows.Asked(ticket.flow, None, STRANGER, challenge)
    return flows.grant(work, ticket, None, asked)


def _ask(
    work: Work, policy: Policy, named: _Named, coarse: limits.Passed | Refused
) -> Asked | Refused:
    found = _gather(work, named)
    found, lane = _lane(work, found, named.asker.visitor)
    if isinstance(coarse, Refused) and lane == STRANGER:
        return coarse  # a familiar browser is not stopped by what strangers do (spec F2)

    way = _way(work, policy, named, found)
    if isinstance(way, Refused):
        return way
    subject = found.owner.account if found.owner else named.subject
    if not way.channel:
        account = found.owner.account if found.owner else None
        wanted = Wanted(way.kind, subject, account, way.method)
        return registered.ask(work, policy, named.asker, found.flow, wanted, lane)
    paying = authenticators.Gathered(subject, found.books, found.flow, lane)
    target = _target(work, policy, named, found, way)
    asked = authenticators.ask(work, policy, named.asker, paying, target)
    if isinstance(asked, Asked) and asked.is_grown:
        visitor, ticket = named.asker.visitor, named.asker.ticket
        who = telling.addressee(work, found.owner, ticket, subject)
        notices.tell(work, Told.GUESSES_BLOCKED, who, visitor)
    return asked


def _way(work: Work, policy: Policy, named: _Named, found: Gathered) -> Way | Refused:
    """Return the way that is asked for, among those that there are at this moment."""
    flow, way = found.flow, named.way
    if flow is not None and flow.proved:
        way, void = None, found.void
        if void is not None and void.reason is Reason.FLOW_EXPIRED:
            return void
    if named.request.is_again:
        way = ways.again(work.keys, named.asker.ticket, policy.means, flow)
    elif way is None:
        way = ways.chosen(_own_ways(work, policy, named, found), named.request.option)
    return way or _UNKNOWN


def _own_ways(work: Work, policy: Policy, named: _Named, found: Gathered) -> tuple[Way, ...]:
    """Return the ways of the account itself: after a first proof, or to a browser that it knows."""
    visitor, ticket = named.asker.visitor, named.asker.ticket
    if found.owner is None:
        return ()
    if found.flow is not None and found.flow.proved:
        return actions.of_account(work, policy, ticket, found.owner.account, found.flow.proved)
    return actions.of_familiar(work, policy, visitor, ticket, found)


def _gather(work: Work, named: _Named) -> Gathered:
    held = sessions.device_of(named.asker.visitor.device)
    device = held.id if held else 0
    found = store.asking(
        work,
        blind=store.blind(work.keys, named.name),
        subject=named.subject,
        flow=named.asker.ticket.flow,
        device=device,
    )
    if found.flow is None or not found.flow.is_nameless or found.flow.account is None:
        return found
    # Its first proof, a passkey's, said whose it is.
    owned = store.owning(work, account=found.flow.account, device=device)
    return replace(owned, flow=found.flow) if owned else found


def _lane(work: Work, found: Gathered, visitor: Visitor) -> tuple[Gathered, int]:
    """Return the lane that asks, and what was gathered with that lane opened where it may be."""
    held = sessions.device_of(visitor.device)
    device = sessions.recognised(work.keys, held, found.device_mac)
    if device is None or found.owner is None:
        return found, STRANGER
    books = lanes.opened(work, found.owner.account, device, found.books)
    return replace(found, books=books), limits.lane_of(books[1], device)


def _target(work: Work, policy: Policy, named: _Named, found: Gathered, way: Way) -> Target:
    """Return whom a code reaches: the owner at his own spelling, a newcomer, or nobody."""
    owner = found.owner
    if way.contact or way.confirms:
        return _to_another(work, policy, named, found, way)
    email = named.name.email if named.name else None
    is_new = owner is None and rules.may_sign_up(policy, email)
    may_reach = owner is not None or (is_new and not named.asker.ticket.is_reset)
    if owner is not None:
        email = contacts.address(work.keys, owner.contact, owner.sealed)
    return Target(
        subject=owner.account if owner else named.subject,
        account=owner.account if owner else None,
        kind=_letter(named, is_new=is_new),
        to=email.text if email else "",
        is_decoy=not may_reach,
        facts=_facts(named),
        channel=way.channel,
    )


def _to_another(work: Work, policy: Policy, named: _Named, found: Gathered, way: Way) -> Target:
    """Return a contact that was chosen, or confirmed by who types it; else nobody, by equal work.

    # Threat: 091, "if it matches, we send it" (test_a_contact_that_is_not_confirmed_gets_nothing).
    """
    account = found.owner.account if found.owner else named.subject
    reached = contacts.ways(work.keys, contacts.every(work, account), policy.contacts)
    if way.contact:
        those = (one for one in reached if (one.contact, one.channel) == (way.contact, way.channel))
        found_one = next(those, None)
    else:
        found_one = contacts.confirmed(reached, way.kind, named.request.confirm or "")
    to, contact = (found_one.to, found_one.contact) if found_one else ("", 0)
    is_new = found.owner is None and policy.is_sign_up_open
    return Target(
        subject=account,
        account=found.owner.account if found.owner else None,
        kind=_letter(named, is_new=is_new),
        to=to,
        is_decoy=found.owner is None or not to,
        facts=_facts(named),
        channel=way.channel,
        contact=contact or flows.NOBODY,
    )


def _letter(named: _Named, *, is_new: bool) -> str:
    """Return the kind of the message: to sign in, to sign up, or to set a new password."""
    if named.asker.ticket.purpose is flows.Purpose.RESET_PASSWORD:
        return flows.Purpose.RESET_PASSWORD.word
    return "sign_up" if is_new else "sign_in"


def _facts(named: _Named) -> dict[str, str | int]:
    ticket = named.asker.ticket
    if not ticket.is_reset:
        return {}
    return {"what": words.text(ticket.language, f"act.{proofs.RESET}")}
