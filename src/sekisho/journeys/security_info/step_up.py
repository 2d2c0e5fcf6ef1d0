"""The step-up: who is signed in proves again who he is, for one act with its parameters (P8).

It is asked of the account's own contacts, as they are now. Passing leaves a proof, which the act
spends; a session that is only fresh proves nothing (attacks 041, 042, 044).
"""

from dataclasses import dataclass

import msgspec

from sekisho import authenticators
from sekisho.authenticators import (
    CODE_KIND,
    Ask,
    Asked,
    Asker,
    Begun,
    Gathered,
    Option,
    Passed,
    Start,
    Status,
    Target,
    Verdict,
)
from sekisho.ground import addresses, words
from sekisho.ground.db import Database, Work
from sekisho.ground.keys import Keys
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.security_info import rules
from sekisho.journeys.security_info.rules import Policy
from sekisho.records import activity, contacts, flows, limits, proofs, sessions
from sekisho.records.activity import Event, Kind

_WRITE = msgspec.json.Encoder(order="sorted").encode
_READ = msgspec.json.Decoder(dict[str, str]).decode


@dataclass(frozen=True, slots=True)
class _Found:
    """What a step-up must know, read in one work."""

    contacts: list[contacts.Found]
    paying: Gathered


def begin(db: Database, policy: Policy, visitor: Visitor, start: Start) -> Begun | Refused:
    """Begin a step-up; nothing is kept until a code is asked for."""
    refused = rules.check_act(start.act, start.parameters)
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
        parameters=_WRITE(dict(start.parameters)).decode(),
    )
    found = db.read(lambda reading: contacts.of_account(reading, start.account))
    secret = flows.seal_ticket(ticket, db.keys, db.chance)
    ends_at = flows.ends_at(ticket.opened_at, ticket.opened_at, policy.flows)
    return Begun(ticket, secret, _options(db.keys, ticket, found), ends_at)


def look(db: Database, policy: Policy, visitor: Visitor, ticket: flows.Ticket) -> Status:
    """Return a step-up as its holder sees it."""
    found, now = db.read(lambda work: (_gather(work, visitor, ticket), work.now))
    flow = found.paying.flow
    stepped_at = flow.stepped_at if flow else ticket.opened_at
    ends_at = flows.ends_at(ticket.opened_at, stepped_at, policy.flows)
    state = flows.State.EXPIRED if now >= ends_at else flows.State.OPEN
    return Status(
        ticket=ticket,
        state=flows.state_of(flow, policy.flows, now) if flow else state,
        ends_at=ends_at,
        options=_options(db.keys, ticket, found.contacts),
        challenge=flow.challenge if flow else None,
        resends_left=max(0, policy.limits.flow - (flow.asked if flow else 0)),
        is_familiar=True,
    )


def ask(
    db: Database, policy: Policy, visitor: Visitor, ticket: flows.Ticket, request: Ask
) -> Asked | Refused:
    """Ask for a code to one of the account's contacts."""
    asker = Asker(visitor, ticket)
    return db.write("step_up.ask", lambda work: _ask(work, policy, asker, request))


def answer(
    db: Database, policy: Policy, visitor: Visitor, ticket: flows.Ticket, typed: str | None
) -> Passed | Refused:
    """Answer a step-up; a right answer leaves the proof for its act."""
    if not db.clock.is_steady():
        return Refused(Reason.UNAVAILABLE)  # Threat: 126, an expired code must not come alive
    paid = db.write("step_up.charge", lambda work: _charge(work, policy, visitor, ticket))
    if isinstance(paid, Refused):
        return paid
    verdict = authenticators.compare(db.keys, paid.flow, typed)
    if verdict is Verdict.RIGHT:
        return db.write("step_up.pass", lambda work: _pass(work, visitor, ticket, paid))
    kind, refused = authenticators.told(paid, verdict, typed)
    event = Event(kind, ticket.account, visitor, paid.flow.challenge.label)
    db.write("step_up.wrong", lambda work: activity.record(work, event))
    return refused


def parameters_of(ticket: flows.Ticket) -> dict[str, str]:
    """Return what the act will be done with."""
    return _READ(ticket.parameters)


def _ask(work: Work, policy: Policy, asker: Asker, request: Ask) -> Asked | Refused:
    ticket = asker.ticket
    found = _gather(work, asker.visitor, ticket)
    chosen = next(
        (
            one
            for one in found.contacts
            if flows.option_of(ticket.flow, one.id, work.keys) == request.option
        ),
        None,
    )
    if chosen is None:
        return Refused(Reason.OPTION_UNKNOWN, pointer="/option", detail="not one of this flow")
    target = Target(
        subject=ticket.account,
        account=ticket.account,
        kind="step_up",
        to=contacts.address(work.keys, chosen.id, chosen.sealed).text,
        facts={"what": words.text(ticket.language, f"act.{ticket.act}")},
    )
    return authenticators.ask(work, policy, asker, found.paying, target)


def _charge(
    work: Work, policy: Policy, visitor: Visitor, ticket: flows.Ticket
) -> flows.Charged | Refused:
    return authenticators.charge(work, policy, _gather(work, visitor, ticket).paying)


def _pass(
    work: Work, visitor: Visitor, ticket: flows.Ticket, paid: flows.Charged
) -> Passed | Refused:
    books = (paid.book_version, paid.book)
    if work.is_again:
        found = _gather(work, visitor, ticket).paying
        if found.flow is None or not _is_same(found.flow, paid.flow):
            return Refused(Reason.CODE_USED)
        books = found.book
    flows.spend(work, paid, books, ticket.account)
    bound = proofs.digest(work.keys, ticket.account, ticket.act, parameters_of(ticket))
    proofs.earn(work, ticket.flow, ticket.session, bound)
    label = paid.flow.challenge.label
    event = Event(Kind.STEPPED_UP, ticket.account, visitor, label, reasons=(ticket.act,))
    activity.record(work, event)
    return Passed(ticket.account)


def _gather(work: Work, visitor: Visitor, ticket: flows.Ticket) -> _Found:
    book = limits.reading(work, ticket.account)
    device = sessions.familiar_device(work, ticket.account, visitor)
    # Who is signed in is no stranger: without a browser that the account knows, the session is one.
    lane = limits.lane_of(book[1], device or ticket.session)
    paying = Gathered(ticket.account, book, flows.find(work, ticket.flow), lane)
    return _Found(contacts.of_account(work, ticket.account), paying)


def _options(keys: Keys, ticket: flows.Ticket, found: list[contacts.Found]) -> tuple[Option, ...]:
    return tuple(
        Option(
            flows.option_of(ticket.flow, one.id, keys),
            CODE_KIND,
            addresses.hint(contacts.address(keys, one.id, one.sealed)),
        )
        for one in found
    )


def _is_same(now: flows.Flow, then: flows.Flow) -> bool:
    return now.state is flows.State.OPEN and now.challenge.id == then.challenge.id
