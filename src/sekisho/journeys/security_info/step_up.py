"""The step-up: who is signed in proves again who he is, for one act with its parameters (P8).

It is asked of the account's own contacts, as they are now. Passing leaves a proof, which the act
spends; a session that is only fresh proves nothing (attacks 041, 042, 044).
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from sekisho import authenticators
from sekisho.authenticators import (
    CODE_KIND,
    Ask,
    Asked,
    Asker,
    Begun,
    Gathered,
    More,
    Option,
    Passed,
    Second,
    Start,
    Status,
    Target,
    Verdict,
    second,
)
from sekisho.ground import addresses, words
from sekisho.ground.db import Database, Work
from sekisho.ground.keys import Keys
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.security_info import rules
from sekisho.journeys.security_info.rules import Policy
from sekisho.records import accounts, activity, contacts, flows, limits, methods, proofs, sessions
from sekisho.records.activity import Event, Kind
from sekisho.records.methods import Method

_WRITE = msgspec.json.Encoder(order="sorted").encode
_READ = msgspec.json.Decoder(dict[str, str]).decode


@dataclass(frozen=True, slots=True)
class _Found:
    """What a step-up must know, read in one work."""

    contacts: list[contacts.Found]
    methods: list[Method]
    paying: Gathered
    two_step: bool

    @property
    def proved(self) -> tuple[str, ...]:
        """Return the kinds that were proved in this flow so far."""
        return self.paying.flow.proved if self.paying.flow else ()


def begin(db: Database, policy: Policy, visitor: Visitor, start: Start) -> Begun | Refused:
    """Begin a step-up; nothing is kept until a code is asked for."""
    refused = rules.check_act(start.act, start.parameters, policy)
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
    found = db.read(lambda reading: _gather(reading, visitor, ticket))
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
    kind = _kind_of(found, flow)
    return Status(
        ticket=ticket,
        state=flows.state_of(flow, policy.flows, now) if flow else state,
        ends_at=ends_at,
        options=_options(db.keys, ticket, found),
        challenge=flow.challenge if flow and kind else None,
        resends_left=max(0, policy.limits.flow - (flow.asked if flow else 0)),
        is_familiar=True,
        kind=kind or CODE_KIND,
        proved=found.proved,
    )


def ask(
    db: Database, policy: Policy, visitor: Visitor, ticket: flows.Ticket, request: Ask
) -> Asked | Refused:
    """Ask for a code to one of the account's contacts."""
    asker = Asker(visitor, ticket)
    return db.write("step_up.ask", lambda work: _ask(work, policy, asker, request))


def answer(
    db: Database, policy: Policy, visitor: Visitor, ticket: flows.Ticket, typed: str | None
) -> Passed | More | Refused:
    """Answer a step-up; the last right answer leaves the proof for its act."""
    if not db.clock.is_steady():
        return Refused(Reason.UNAVAILABLE)  # Threat: 126, an expired code must not come alive
    paid = db.write("step_up.charge", lambda work: _charge(work, policy, visitor, ticket))
    if isinstance(paid, Refused):
        return paid
    now = db.clock.now()
    if isinstance(paid, Second):
        verdict = second.compare(db.keys, paid, typed, now)
        kind, refused = second.told(paid, verdict, typed)
    else:
        verdict = authenticators.compare(db.keys, paid.flow, typed)
        kind, refused = authenticators.told(paid, verdict, typed)
    if verdict is Verdict.RIGHT and typed is not None:
        given = (typed, now)
        return db.write("step_up.pass", lambda work: _pass(work, visitor, ticket, paid, given))
    flow = paid.charged.flow if isinstance(paid, Second) else paid.flow
    event = Event(kind, ticket.account, visitor, flow.challenge.label or None)
    db.write("step_up.wrong", lambda work: activity.record(work, event))
    return refused


def parameters_of(ticket: flows.Ticket) -> dict[str, str]:
    """Return what the act will be done with."""
    return _READ(ticket.parameters)


def _ask(work: Work, policy: Policy, asker: Asker, request: Ask) -> Asked | Refused:
    ticket = asker.ticket
    found = _gather(work, asker.visitor, ticket)
    method = second.chosen(work.keys, ticket.flow, _methods(found), request.option)
    if method is not None:
        flow, lane = found.paying.flow, found.paying.lane
        return second.ask(work, policy, asker, flow, method, lane)
    chosen = next(
        (
            one
            for one in _contacts(found)
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
) -> flows.Charged | Second | Refused:
    paying = _gather(work, visitor, ticket).paying
    if paying.flow is not None and paying.flow.challenge.method:
        return second.charge(work, policy, paying.flow)
    return authenticators.charge(work, policy, paying)


def _pass(
    work: Work,
    visitor: Visitor,
    ticket: flows.Ticket,
    paid: flows.Charged | Second,
    given: tuple[str, datetime],
) -> Passed | More | Refused:
    found = _gather(work, visitor, ticket)
    charged = paid.charged if isinstance(paid, Second) else paid
    if found.paying.flow is None or not _is_same(found.paying.flow, charged.flow):
        return Refused(Reason.CODE_USED)
    made: str | Refused | None = None
    payer, book = ticket.account, found.paying.book
    kind = CODE_KIND
    if isinstance(paid, Second):
        payer, kind = paid.method.id, paid.method.kind
        book = limits.reading(work, payer)
        made = second.use_up(work, paid, *given)
    if isinstance(made, Refused):
        return made
    proved = (*charged.flow.proved, kind)
    if second.is_wanted(proved, two_step=found.two_step):
        flows.advance(work, charged, book, payer, kind)
        return More(_options(work.keys, ticket, found, proved))
    flows.spend(work, charged, book, payer)
    bound = proofs.digest(work.keys, ticket.account, ticket.act, parameters_of(ticket))
    proofs.earn(work, ticket.flow, ticket.session, bound)
    label = charged.flow.challenge.label or None
    event = Event(Kind.STEPPED_UP, ticket.account, visitor, label, reasons=(ticket.act,))
    activity.record(work, event)
    return Passed(ticket.account, recovery_code=made)


def _gather(work: Work, visitor: Visitor, ticket: flows.Ticket) -> _Found:
    book = limits.reading(work, ticket.account)
    device = sessions.familiar_device(work, ticket.account, visitor)
    # Who is signed in is no stranger: without a browser that the account knows, the session is one.
    lane = limits.lane_of(book[1], device or ticket.session)
    owner = accounts.find(work, ticket.account)
    return _Found(
        contacts=contacts.of_account(work, ticket.account),
        methods=methods.of_account(work, ticket.account),
        paying=Gathered(ticket.account, book, flows.find(work, ticket.flow), lane),
        two_step=owner is not None and owner.two_step,
    )


def _contacts(found: _Found, proved: tuple[str, ...] | None = None) -> list[contacts.Found]:
    """Return the contacts that a code may go to: none once a code was given back."""
    done = found.proved if proved is None else proved
    return [] if CODE_KIND in done else found.contacts


def _methods(found: _Found, proved: tuple[str, ...] | None = None) -> list[Method]:
    return second.usable(found.methods, found.proved if proved is None else proved)


def _options(
    keys: Keys, ticket: flows.Ticket, found: _Found, proved: tuple[str, ...] | None = None
) -> tuple[Option, ...]:
    """Return the ways on: codes to contacts, then methods; never one kind twice."""
    by_code = (
        Option(
            flows.option_of(ticket.flow, one.id, keys),
            CODE_KIND,
            addresses.hint(contacts.address(keys, one.id, one.sealed)),
        )
        for one in _contacts(found, proved)
    )
    return (*by_code, *second.options(keys, ticket.flow, _methods(found, proved)))


def _kind_of(found: _Found, flow: flows.Flow | None) -> str:
    """Return the kind of the newest challenge; nothing where it was spent on a first proof."""
    if flow is None:
        return ""
    if flow.challenge.method:
        named = (one.kind for one in found.methods if one.id == flow.challenge.method)
        kind = next(named, "")
    else:
        kind = CODE_KIND
    return "" if kind in flow.proved else kind


def _is_same(now: flows.Flow, then: flows.Flow) -> bool:
    is_open = now.state is flows.State.OPEN and now.proved == then.proved
    return is_open and now.challenge.id == then.challenge.id
