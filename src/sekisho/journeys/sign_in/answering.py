"""Answering a code: charged in a commit of its own, compared, concluded (spec C6).

charge (commit) -> compare -> right: spend, session, notice (commit)
                           -> wrong, earlier, unreadable: event (commit); the charge stays
"""

import msgspec
from msgspec.structs import replace

from sekisho import authenticators
from sekisho.authenticators import CODE_KIND, Verdict
from sekisho.ground.addresses import EmailAddress
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.sign_in import rules, store
from sekisho.journeys.sign_in.rules import Policy, SignedIn
from sekisho.journeys.sign_in.store import Gathered, Owner
from sekisho.records import accounts, activity, contacts, flows, limits, notices, sessions
from sekisho.records.activity import Event, Kind
from sekisho.records.limits import STRANGER
from sekisho.records.notices import Addressee, Told
from sekisho.risk import Facts, judge


class _Paid(msgspec.Struct, frozen=True):
    """A paid try with what was gathered for it; true of the store only until the next commit.

    `payer` is the subject whose book was charged, and whose events tell of it. `visitor` is without
    a device token that this account knows under another secret: a new one must take its place.
    """

    charged: flows.Charged
    owner: Owner | None
    payer: int
    visitor: Visitor
    is_familiar: bool


def answer(
    db: Database,
    policy: Policy,
    gate: limits.Gate,
    visitor: Visitor,
    ticket: flows.Ticket,
    typed: str | None,
) -> SignedIn | Refused:
    """Answer a flow's newest code; `typed` is None where a code field held no text."""
    coarse = limits.take_answer(gate, visitor.ip, db.clock.now())
    if isinstance(coarse, Refused) and not visitor.device:
        return coarse
    if not db.clock.is_steady():
        return Refused(Reason.UNAVAILABLE)  # Threat: 126, an expired code must not come alive
    paid = db.write("sign_in.charge", lambda work: _charge(work, policy, visitor, ticket, coarse))
    if isinstance(paid, Refused):
        return paid
    verdict = authenticators.compare(db.keys, paid.charged.flow, typed)
    if verdict is Verdict.RIGHT:
        return db.write("sign_in.pass", lambda work: _conclude(work, policy, ticket, paid))
    kind, refused = authenticators.told(paid.charged, verdict, typed)
    event = Event(kind, paid.payer, visitor, paid.charged.flow.challenge.label)
    db.write("sign_in.wrong", lambda work: activity.record(work, event))
    return refused


def _charge(
    work: Work,
    policy: Policy,
    visitor: Visitor,
    ticket: flows.Ticket,
    coarse: limits.Passed | Refused,
) -> _Paid | Refused:
    held = sessions.device_of(visitor.device)
    found = _gather(work, ticket, held.id if held else 0)
    if found is None or found.flow is None:
        ends_at = flows.ends_at(ticket.opened_at, ticket.opened_at, policy.flows)
        return Refused(Reason.FLOW_EXPIRED if work.now >= ends_at else Reason.NOT_FOUND)
    flow = found.flow
    if isinstance(coarse, Refused) and flow.lane == STRANGER:
        return coarse

    payer = found.payer(flow)
    paying = authenticators.Gathered(payer, found.books, flow, flow.lane)
    charged = authenticators.charge(work, policy, paying)

    if isinstance(charged, Refused):
        if charged.reason is Reason.TOO_MANY_TRIES:
            _tell_blocked(work, policy, visitor, found, ticket)
        return charged
    device = sessions.recognised(work.keys, held, found.device_mac)
    is_familiar = device is not None
    if found.device_mac is not None and not is_familiar:
        visitor = replace(visitor, device="")
    return _Paid(charged, found.owner, payer, visitor, is_familiar=is_familiar)


def _gather(work: Work, ticket: flows.Ticket, device: int) -> Gathered | None:
    blind = store.blind(work.keys, rules.read_name(ticket.name))
    return store.answering(work, blind=blind, flow=ticket.flow, device=device)


def _conclude(work: Work, policy: Policy, ticket: flows.Ticket, paid: _Paid) -> SignedIn | Refused:
    visitor = paid.visitor
    found = _by_now(work, ticket, paid)
    if isinstance(found, Refused):
        return found
    books, owner, payer = found
    charged, newcomer = paid.charged, _newcomer(policy, ticket)
    if newcomer is None and (owner is None or charged.flow.account is None):
        return _refuse_decoy(work, paid, visitor)

    settled = flows.spend(work, charged, books, payer)
    account = owner.account if owner else accounts.draw(work)
    if owner is None and newcomer is not None:
        limits.keep(work, account, 0, settled)  # a new account resets no count (spec C6)
        _make_account(work, account, newcomer, ticket, visitor)
    started = sessions.begin(work, account, (CODE_KIND,), visitor, policy.sessions)

    facts = Facts(is_familiar=paid.is_familiar, is_new_account=owner is None)
    reasons, label = judge(facts).reasons, charged.flow.challenge.label
    activity.record(work, Event(Kind.SIGNED_IN, account, visitor, label, reasons))
    if reasons and owner is not None:
        notices.tell(work, Told.NEW_SIGN_IN, _addressee(work, owner, ticket), visitor)
    return SignedIn(started, is_new_account=owner is None)


def _by_now(
    work: Work, ticket: flows.Ticket, paid: _Paid
) -> tuple[tuple[int, limits.Book], Owner | None, int] | Refused:
    """Return book, owner and payer as the charge left them, or anew where others changed them."""
    charged = paid.charged
    if not work.is_again:
        return (charged.book_version, charged.book), paid.owner, paid.payer
    found = _gather(work, ticket, device=0)
    if found is None or found.flow is None:
        return Refused(Reason.FLOW_UNKNOWN)
    if not _is_same(found.flow, charged.flow):
        return Refused(Reason.CODE_USED)
    return found.books, found.owner, found.payer(found.flow)


def _newcomer(policy: Policy, ticket: flows.Ticket) -> EmailAddress | None:
    """Return the address that may make an account; where sign-up is closed there is none."""
    name = rules.read_name(ticket.name) if policy.is_sign_up_open else None
    return name.email if name else None


def _make_account(
    work: Work, account: int, email: EmailAddress, ticket: flows.Ticket, visitor: Visitor
) -> None:
    contact = contacts.add(work, account, email)
    accounts.create(work, account, contact, ticket.language, ticket.zone)
    activity.record(work, Event(Kind.ACCOUNT_CREATED, account, visitor))


def _is_same(now: flows.Flow, then: flows.Flow) -> bool:
    return now.state is flows.State.OPEN and now.challenge.id == then.challenge.id


def _refuse_decoy(work: Work, paid: _Paid, visitor: Visitor) -> Refused:
    """Refuse a code that was never sent: whoever hit it by chance has proved nothing."""
    label = paid.charged.flow.challenge.label
    activity.record(work, Event(Kind.CODE_WRONG, paid.payer, visitor, label))
    return flows.wrong(paid.charged, is_earlier=False)


def _addressee(work: Work, owner: Owner, ticket: flows.Ticket) -> Addressee:
    return Addressee(
        account=owner.account,
        to=contacts.address(work.keys, owner.contact, owner.sealed).text,
        language=owner.language or ticket.language,
        zone=owner.zone or ticket.zone,
    )


def _tell_blocked(
    work: Work, policy: Policy, visitor: Visitor, found: Gathered, ticket: flows.Ticket
) -> None:
    """Record tries that were not compared; the owner hears of a spent budget once a day (001)."""
    flow = found.flow
    if flow is None:
        return
    version, book = found.books
    is_budget = flow.challenge.tries < policy.limits.tries
    told = limits.block(book, flow.lane, work.now) if is_budget else None
    payer, label = found.payer(flow), flow.challenge.label
    if told is not None:
        limits.keep(work, payer, version, told)
    activity.record(work, Event(Kind.TRIES_REFUSED, payer, visitor, label))
    if told is not None:
        addressee = (
            _addressee(work, found.owner, ticket)
            if found.owner
            else Addressee(payer, "", ticket.language, ticket.zone, is_decoy=True)
        )
        notices.tell(work, Told.GUESSES_BLOCKED, addressee, visitor)
