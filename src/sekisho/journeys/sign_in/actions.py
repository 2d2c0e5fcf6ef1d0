"""Beginning a sign-in and looking at one; asking.py asks for the code, answering.py answers."""

from sekisho.authenticators import CODE_KIND, Begun, Option, Status, second
from sekisho.ground.db import Database
from sekisho.ground.keys import Keys
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.sign_in import rules, store
from sekisho.journeys.sign_in.rules import Policy
from sekisho.records import flows, methods, sessions
from sekisho.records.limits import STRANGER


def begin(db: Database, policy: Policy, visitor: Visitor, name: str) -> Begun | Refused:
    """Begin a flow for a name; nothing is kept and nothing depends on whether it is known."""
    if rules.read_name(name) is None:
        return Refused(Reason.INVALID_INPUT, pointer="/name", detail="no address, no phone number")
    zone = visitor.zone or policy.zone
    ticket = flows.begin(db.aside(), flows.Purpose.SIGN_IN, name.strip(), visitor.language, zone)
    secret = flows.seal_ticket(ticket, db.keys, db.chance)
    ends_at = flows.ends_at(ticket.opened_at, ticket.opened_at, policy.flows)
    return Begun(ticket, secret, options(db.keys, ticket), ends_at)


def options(keys: Keys, ticket: flows.Ticket) -> tuple[Option, ...]:
    """Return what the flow offers: for what was typed, then each kind that the service has."""
    name = rules.read_name(ticket.name)
    hint = rules.hint_of(name) if name else None
    return (Option(flows.option_id(ticket.flow, 0, keys), CODE_KIND, hint),)


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
    offered = options(db.keys, ticket)
    if found is None or found.flow is None:
        ends_at = flows.ends_at(ticket.opened_at, ticket.opened_at, policy.flows)
        state = flows.State.EXPIRED if now >= ends_at else flows.State.OPEN
        return Status(ticket, state, ends_at, offered, None, policy.limits.flow, is_familiar=False)
    flow, kind = found.flow, CODE_KIND
    if flow.proved and flow.account is not None:
        offered, kind = _second(db, flow, flow.account)
    return Status(
        ticket=ticket,
        state=flows.state_of(flow, policy.flows, now),
        ends_at=flows.ends_at(flow.opened_at, flow.stepped_at, policy.flows),
        options=offered,
        challenge=flow.challenge if kind else None,
        resends_left=max(0, policy.limits.flow - flow.asked),
        is_familiar=flow.lane != STRANGER,
        kind=kind or CODE_KIND,
        proved=flow.proved,
    )


def _second(db: Database, flow: flows.Flow, account: int) -> tuple[tuple[Option, ...], str]:
    """Return the ways on after a first proof, and the kind of the method that was asked for."""
    held = db.read(lambda work: methods.of_account(work, account))
    asked = next((one.kind for one in held if one.id == flow.challenge.method), "")
    return second.options(db.keys, flow.id, second.usable(held, flow.proved)), asked
