"""Beginning a sign-in and looking at one; asking.py asks for a proof, answering.py answers."""

from collections.abc import Mapping
from datetime import datetime

from sekisho.authenticators import Approval, Begun, Means, Status, approving, passkeys
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.sign_in import rules, store, ways
from sekisho.journeys.sign_in.rules import Policy
from sekisho.journeys.sign_in.store import Gathered
from sekisho.journeys.sign_in.ways import Way
from sekisho.records import contacts, flows, methods, sessions
from sekisho.records.flows import Flow
from sekisho.records.limits import STRANGER


def begin(
    db: Database,
    policy: Policy,
    visitor: Visitor,
    name: str | None,
    purpose: flows.Purpose = flows.Purpose.SIGN_IN,
) -> Begun | Refused:
    """Begin a flow for a name, or for a passkey that says whose it is; nothing is kept.

    Nothing depends on whether the name is known, except to a browser that its account knows.
    """
    # A new password is for an account that was named: a passkey alone says whose only to sign in.
    is_nameless = name is None and purpose is flows.Purpose.SIGN_IN
    if not is_nameless and rules.read_name(name or "") is None:
        return Refused(Reason.INVALID_INPUT, pointer="/name", detail="no address, no phone number")
    zone = visitor.zone or policy.zone
    typed = (name or "").strip()
    ticket = flows.begin(db.aside(), purpose, typed, visitor.language, zone)
    secret = flows.seal_ticket(ticket, db.keys, db.chance)
    ends_at = flows.ends_at(ticket.opened_at, ticket.opened_at, policy.flows)
    offered = tuple(ways.strangers(db.keys, ticket, policy.means))
    if name is not None and visitor.device:
        found, _ = db.read(lambda work: _of_familiar(work, policy, visitor, ticket))
        offered = found or offered
    return Begun(ticket, secret, ways.options(offered), ends_at)


def status(db: Database, policy: Policy, visitor: Visitor, ticket: flows.Ticket) -> Status:
    """Return a flow as its holder sees it."""
    held = sessions.device_of(visitor.device)
    device = held.id if held else 0
    blind = store.blind(db.keys, rules.read_name(ticket.name))
    found, now = db.read(
        lambda work: (
            store.answering(work, blind=blind, flow=ticket.flow, device=device),
            work.now,
        )
    )
    if found is None or found.flow is None:
        return _untouched(db, policy, visitor, ticket, now)
    flow = found.flow
    offered, last = _offered(db, policy, visitor, ticket, flow)
    return Status(
        ticket=ticket,
        state=flows.state_of(flow, policy.flows, now),
        ends_at=flows.ends_at(flow.opened_at, flow.stepped_at, policy.flows),
        options=ways.options(offered),
        challenge=flow.challenge if flow.challenge.kind else None,
        resends_left=max(0, policy.limits.flow - flow.asked),
        is_familiar=flow.lane != STRANGER,
        kind=flow.challenge.kind,
        proved=flow.proved,
        public_key=asked_of_browser(db, policy.means, visitor, flow),
        approval=approval_of(db, policy, flow),
        last=last,
    )


def _untouched(
    db: Database, policy: Policy, visitor: Visitor, ticket: flows.Ticket, now: datetime
) -> Status:
    """Return a flow in which nothing was asked for yet."""
    ends_at = flows.ends_at(ticket.opened_at, ticket.opened_at, policy.flows)
    offered, last = _offered(db, policy, visitor, ticket, None)
    return Status(
        ticket=ticket,
        state=flows.State.EXPIRED if now >= ends_at else flows.State.OPEN,
        ends_at=ends_at,
        options=ways.options(offered),
        challenge=None,
        resends_left=policy.limits.flow,
        is_familiar=False,
        last=last,
    )


def asked_of_browser(
    db: Database, means: Means, visitor: Visitor, flow: Flow
) -> Mapping[str, object] | None:
    """Return what a browser is asked with, where a passkey is the newest challenge."""
    if flow.challenge.kind != "passkey":
        return None
    return db.read(lambda work: passkeys.request(work, means, visitor.service_origin, flow))


def approval_of(db: Database, policy: Policy, flow: Flow) -> Approval | None:
    """Return what who waits for a phone is shown."""
    if flow.challenge.kind != approving.KIND:
        return None
    return db.read(lambda work: approving.look(work, policy, flow))


def _offered(
    db: Database, policy: Policy, visitor: Visitor, ticket: flows.Ticket, flow: Flow | None
) -> tuple[tuple[Way, ...], tuple[str, ...]]:
    """Return the ways, and what a browser that the account knows proved the last time."""
    if flow is not None and flow.proved and flow.account is not None:
        account, proved = flow.account, flow.proved
        return db.read(
            lambda work: (
                of_account(work, policy, ticket, account, proved),
                sessions.last_methods(work, account, visitor),
            )
        )
    if visitor.device and ticket.name:
        found, last = db.read(lambda work: _of_familiar(work, policy, visitor, ticket))
        if found:
            return found, last
    return tuple(ways.strangers(db.keys, ticket, policy.means)), ()


def of_account(
    work: Work, policy: Policy, ticket: flows.Ticket, account: int, proved: tuple[str, ...]
) -> tuple[Way, ...]:
    """Return the ways on of an account that has proved something."""
    reached = contacts.ways(work.keys, contacts.every(work, account), policy.contacts)
    held = methods.of_account(work, account)
    return ways.known(work.keys, ticket.flow, reached, held, (*proved, *ways.closed(ticket)))


def of_familiar(
    work: Work, policy: Policy, visitor: Visitor, ticket: flows.Ticket, found: Gathered
) -> tuple[Way, ...]:
    """Return the ways of an account to a browser that it knows: what was typed, then the others."""
    held, owner = sessions.device_of(visitor.device), found.owner
    if owner is None or sessions.recognised(work.keys, held, found.device_mac) is None:
        return ()
    found_ones = contacts.every(work, owner.account)
    reached = contacts.ways(work.keys, found_ones, policy.contacts)
    others = [one for one in reached if one.contact != owner.contact]
    held_methods = methods.of_account(work, owner.account)
    mine = ways.known(work.keys, ticket.flow, others, held_methods, ways.closed(ticket))
    return (next(ways.strangers(work.keys, ticket, policy.means)), *mine)


def _of_familiar(
    work: Work, policy: Policy, visitor: Visitor, ticket: flows.Ticket
) -> tuple[tuple[Way, ...], tuple[str, ...]]:
    held, name = sessions.device_of(visitor.device), rules.read_name(ticket.name)
    found = store.asking(
        work,
        blind=store.blind(work.keys, name),
        subject=0,
        flow=0,
        device=held.id if held else 0,
    )
    offered = of_familiar(work, policy, visitor, ticket, found)
    if found.owner is None or not offered:
        return (), ()
    return offered, sessions.last_methods(work, found.owner.account, visitor)
