"""The step-up: who is signed in proves again who he is, for one act with its parameters (P8).

It is asked of the account's own contacts, as they are now. Passing leaves a proof, which the act
spends; a session that is only fresh proves nothing (attacks 041, 042, 044).
"""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from sekisho import authenticators
from sekisho.authenticators import (
    Ask,
    Asked,
    Asker,
    Begun,
    Given,
    Means,
    More,
    Passed,
    Start,
    Status,
    Target,
    approving,
    comparing,
    counting,
    lanes,
    passkeys,
    registered,
)
from sekisho.authenticators.comparing import Proof, Right
from sekisho.authenticators.password import Place
from sekisho.authenticators.registered import Wanted
from sekisho.ground import words
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.security_info import rules
from sekisho.journeys.security_info.rules import Policy
from sekisho.journeys.security_info.step_up_ways import (
    by_methods,
    gather,
    options,
    tell_blocked,
    to_contacts,
)
from sekisho.records import accounts, activity, contacts, flows, limits, proofs, sessions
from sekisho.records.activity import Event, Kind

_WRITE = msgspec.json.Encoder(order="sorted").encode
_READ = msgspec.json.Decoder(dict[str, str]).decode


def begin(db: Database, policy: Policy, visitor: Visitor, start: Start) -> Begun | Refused:
    """Begin a step-up; nothing is kept until a proof is asked for."""
    parameters = rules.whole(start.act, start.parameters)
    refused = rules.check_act(start.act, parameters, policy)
    if refused is not None:
        return refused
    work = db.aside()
    ticket = flows.Ticket(
        flow=work.new_id(),
        purpose=flows.Purpose.STEP_UP,
        opened_at=work.now,
        language=visitor.language,
        zone=visitor.zone or policy.zone,
        name="",
        account=start.account,
        session=start.session,
        act=start.act,
        parameters=_WRITE(dict(parameters)).decode(),
    )
    found = db.read(lambda reading: gather(reading, policy, visitor, ticket))
    secret = flows.seal_ticket(ticket, db.keys, db.chance)
    ends_at = flows.ends_at(ticket.opened_at, ticket.opened_at, policy.flows)
    return Begun(ticket, secret, options(db.keys, ticket, found), ends_at)


def look(db: Database, policy: Policy, visitor: Visitor, ticket: flows.Ticket) -> Status:
    """Return a step-up as its holder sees it."""
    found, now, last = db.read(
        lambda work: (
            gather(work, policy, visitor, ticket),
            work.now,
            sessions.last_methods(work, ticket.account, visitor),
        )
    )
    flow = found.paying.flow
    stepped_at = flow.stepped_at if flow else ticket.opened_at
    ends_at = flows.ends_at(ticket.opened_at, stepped_at, policy.flows)
    state = flows.State.EXPIRED if now >= ends_at else flows.State.OPEN
    kind = flow.challenge.kind if flow else ""
    return Status(
        ticket=ticket,
        state=flows.state_of(flow, policy.flows, now) if flow else state,
        ends_at=ends_at,
        options=options(db.keys, ticket, found),
        challenge=flow.challenge if flow and kind else None,
        resends_left=max(0, policy.limits.flow - (flow.asked if flow else 0)),
        is_familiar=True,
        kind=kind,
        proved=found.proved,
        public_key=_browser(db, policy.means, visitor, flow),
        approval=db.read(lambda work: approving.look(work, policy, flow))
        if kind == approving.KIND
        else None,
        last=last,
    )


def ask(
    db: Database,
    policy: Policy,
    visitor: Visitor,
    ticket: flows.Ticket,
    request: Ask,
) -> Asked | Refused:
    """Ask for a proof by one of the account's contacts or methods."""
    asker = Asker(visitor, ticket)
    asked = db.write("step_up.ask", lambda work: _ask(work, policy, asker, request))
    if isinstance(asked, Refused):
        return asked
    return replace(asked, public_key=_browser(db, policy.means, visitor, asked.flow))


def answer(
    db: Database,
    policy: Policy,
    visitor: Visitor,
    ticket: flows.Ticket,
    given: Given,
) -> Passed | More | Refused:
    """Answer a step-up; the last right answer leaves the proof for its act.

    A password holds its place in the pool before it is charged (attack 086).
    """
    if not db.clock.is_steady():
        return Refused(Reason.UNAVAILABLE)  # Threat: 126, an expired code must not come alive
    with comparing.placed(db, policy.means, given) as place:
        if isinstance(place, Refused):
            return place
        return _judge(db, policy, Asker(visitor, ticket), given, place)


def _judge(
    db: Database,
    policy: Policy,
    asker: Asker,
    given: Given,
    place: Place | None,
) -> Passed | More | Refused:
    visitor, ticket = asker.visitor, asker.ticket
    paid = db.write("step_up.charge", lambda work: _charge(work, policy, asker, given))
    if isinstance(paid, Refused):
        return paid
    right = comparing.compare(db, policy.means, visitor.service_origin, paid, given, place)
    if isinstance(right, Right):
        return db.write(
            "step_up.pass", lambda work: _pass(work, policy, visitor, ticket, paid, right)
        )
    kind, refused = comparing.told(paid, right, given)
    label = comparing.charged(paid).flow.challenge.label or None
    event = Event(kind, ticket.account, visitor, label)
    db.write("step_up.wrong", lambda work: activity.record(work, event))
    return refused


def parameters_of(ticket: flows.Ticket) -> dict[str, str]:
    """Return what the act will be done with."""
    return _READ(ticket.parameters)


def _ask(work: Work, policy: Policy, asker: Asker, request: Ask) -> Asked | Refused:
    ticket = asker.ticket
    found = gather(work, policy, asker.visitor, ticket)
    flow, lane = found.paying.flow, found.paying.lane
    method = registered.chosen(work.keys, ticket.flow, by_methods(found), request.option)
    if method is not None:
        wanted = Wanted(method.kind, ticket.account, ticket.account, method.id)
        return registered.ask(work, policy, asker, flow, wanted, lane)
    numbered = ((contacts.number_of(one), one) for one in to_contacts(found))
    reached = {flows.option_of(ticket.flow, at, work.keys): one for at, one in numbered}
    chosen = reached.get(request.option)
    if chosen is None:
        return Refused(Reason.OPTION_UNKNOWN, pointer="/option", detail="not one of this flow")
    target = Target(
        subject=ticket.account,
        account=ticket.account,
        kind="step_up",
        to=chosen.to,
        facts={"what": words.text(ticket.language, f"act.{ticket.act}")},
        channel=chosen.channel,
        contact=chosen.contact,
    )
    asked = authenticators.ask(work, policy, asker, found.paying, target)
    if isinstance(asked, Asked) and asked.is_grown:
        tell_blocked(work, asker, found)
    return asked


def _charge(work: Work, policy: Policy, asker: Asker, given: Given) -> Proof | Refused:
    found = gather(work, policy, asker.visitor, asker.ticket)
    flow, opened_at = found.paying.flow, asker.ticket.opened_at
    if flow is None:
        is_over = work.now >= flows.ends_at(opened_at, opened_at, policy.flows)
        return Refused(Reason.FLOW_EXPIRED if is_over else Reason.NOT_FOUND)
    refused = comparing.misfit(flow, given) or flows.void(flow, found.voided_at)
    if refused is not None:
        return refused
    book = lanes.opened(work, asker.ticket.account, flow.lane, found.paying.book)
    paying = replace(found.paying, book=book)
    if flow.challenge.kind in registered.NAMES:
        return registered.charge(work, policy, flow, asker.ticket.account, given)
    return authenticators.charge(work, policy, paying)


def _pass(
    work: Work,
    policy: Policy,
    visitor: Visitor,
    ticket: flows.Ticket,
    paid: Proof,
    right: Right,
) -> Passed | More | Refused:
    found = gather(work, policy, visitor, ticket)
    charged = comparing.charged(paid)
    if found.paying.flow is None or not flows.is_same(found.paying.flow, charged.flow):
        return Refused(Reason.CODE_USED)
    void = flows.void(found.paying.flow, found.voided_at)
    if void is not None:
        return void
    accounts.require(work, ticket.account, two_step=found.two_step, voided_at=found.voided_at)
    payer, book = ticket.account, found.paying.book
    if isinstance(paid, registered.Paid):
        payer = paid.payer
        book = limits.reading(work, payer) if payer else book
    proved = (*charged.flow.proved, right.kind)
    if counting.is_wanted(proved, two_step=found.two_step):
        used = comparing.go_on(work, ticket.account, paid, right, visitor)
        if used is not None:
            return used
        flows.advance(work, charged, book, payer, right.kind)
        return More(options(work.keys, ticket, found, proved))
    made = comparing.pass_by(work, ticket.account, paid, right, visitor)
    if isinstance(made, Refused):
        return made
    flows.spend(work, charged, book, payer)
    bound = proofs.digest(work.keys, ticket.account, ticket.act, parameters_of(ticket))
    proofs.earn(work, ticket.flow, ticket.session, bound)
    label = charged.flow.challenge.label or None
    activity.record(work, Event(Kind.STEPPED_UP, ticket.account, visitor, label, (ticket.act,)))
    return Passed(ticket.account, recovery_code=made)


def _browser(
    db: Database, means: Means, visitor: Visitor, flow: flows.Flow | None
) -> Mapping[str, object] | None:
    """Return what a browser is asked with, where a passkey is the newest challenge."""
    if flow is None or flow.challenge.kind != "passkey":
        return None
    origin = visitor.service_origin
    return db.read(lambda work: passkeys.request(work, means, origin, flow))
