"""Answering a code: charged in a commit of its own, compared, concluded (spec C6).

charge (commit) -> compare -> right: spend, session, notice (commit)
                           -> wrong, earlier, unreadable: event (commit); the charge stays
"""

import msgspec
from msgspec.structs import replace

from sekisho import authenticators
from sekisho.authenticators import CODE_KIND, More, Verdict, second
from sekisho.ground.addresses import EmailAddress
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.sign_in import rules, seconding, store, telling
from sekisho.journeys.sign_in.rules import Policy, SignedIn
from sekisho.journeys.sign_in.store import Gathered, Owner
from sekisho.records import accounts, activity, contacts, flows, limits, notices, sessions
from sekisho.records.activity import Event, Kind
from sekisho.records.limits import STRANGER
from sekisho.records.notices import Told
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
) -> SignedIn | More | Refused:
    """Answer a flow's newest challenge; `typed` is None where a code field held no text."""
    coarse = limits.take_answer(gate, visitor.ip, db.clock.now())
    if isinstance(coarse, Refused) and not visitor.device:
        return coarse
    if not db.clock.is_steady():
        return Refused(Reason.UNAVAILABLE)  # Threat: 126, an expired code must not come alive
    paid = db.write("sign_in.charge", lambda work: _charge(work, policy, visitor, ticket, coarse))
    match paid:
        case Refused():
            return paid
        case seconding.Paid():
            return seconding.answer(db, policy, ticket, paid, typed)
        case _Paid():
            pass
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
) -> _Paid | seconding.Paid | Refused:
    held = sessions.device_of(visitor.device)
    found = _gather(work, ticket, held.id if held else 0)
    if found is None or found.flow is None:
        ends_at = flows.ends_at(ticket.opened_at, ticket.opened_at, policy.flows)
        return Refused(Reason.FLOW_EXPIRED if work.now >= ends_at else Reason.NOT_FOUND)
    flow = found.flow
    if isinstance(coarse, Refused) and flow.lane == STRANGER:
        return coarse

    if flow.challenge.method:
        return _charge_second(work, policy, visitor, found)
    payer = found.payer(flow)
    paying = authenticators.Gathered(payer, found.books, flow, flow.lane)
    charged = authenticators.charge(work, policy, paying)

    if isinstance(charged, Refused):
        if charged.reason is Reason.TOO_MANY_TRIES:
            telling.tell_blocked(work, policy, visitor, found, ticket)
        return charged
    visitor, is_familiar = _recognised(work, visitor, found)
    return _Paid(charged, found.owner, payer, visitor, is_familiar=is_familiar)


def _charge_second(
    work: Work, policy: Policy, visitor: Visitor, found: Gathered
) -> seconding.Paid | Refused:
    if found.flow is None or found.owner is None:
        return Refused(Reason.NOT_FOUND)
    visitor, is_familiar = _recognised(work, visitor, found)
    paid = second.charge(work, policy, found.flow)
    if isinstance(paid, Refused):
        return paid
    return seconding.Paid(paid, found.owner, visitor, is_familiar=is_familiar)


def _recognised(work: Work, visitor: Visitor, found: Gathered) -> tuple[Visitor, bool]:
    """Return the visitor, without a device token under another secret, and whether it is known."""
    held = sessions.device_of(visitor.device)
    is_familiar = sessions.recognised(work.keys, held, found.device_mac) is not None
    if found.device_mac is not None and not is_familiar:
        visitor = replace(visitor, device="")
    return visitor, is_familiar


def _gather(work: Work, ticket: flows.Ticket, device: int) -> Gathered | None:
    blind = store.blind(work.keys, rules.read_name(ticket.name))
    return store.answering(work, blind=blind, flow=ticket.flow, device=device)


def _conclude(
    work: Work, policy: Policy, ticket: flows.Ticket, paid: _Paid
) -> SignedIn | More | Refused:
    visitor = paid.visitor
    found = _by_now(work, ticket, paid)
    if isinstance(found, Refused):
        return found
    books, owner, payer = found
    charged, newcomer = paid.charged, _newcomer(policy, ticket)
    if newcomer is None and (owner is None or charged.flow.account is None):
        return _refuse_decoy(work, paid, visitor)

    if owner is not None and second.is_wanted((CODE_KIND,), two_step=owner.two_step):
        more = seconding.more(work, charged.flow, owner.account, (CODE_KIND,))
        flows.advance(work, charged, books, payer, CODE_KIND)
        label = charged.flow.challenge.label
        activity.record(work, Event(Kind.FIRST_PROOF, owner.account, visitor, label))
        return more
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
        who = telling.addressee(work, owner, ticket, account)
        notices.tell(work, Told.NEW_SIGN_IN, who, visitor)
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
    is_open = now.state is flows.State.OPEN and now.proved == then.proved
    return is_open and now.challenge.id == then.challenge.id


def _refuse_decoy(work: Work, paid: _Paid, visitor: Visitor) -> Refused:
    """Refuse a code that was never sent: whoever hit it by chance has proved nothing."""
    label = paid.charged.flow.challenge.label
    activity.record(work, Event(Kind.CODE_WRONG, paid.payer, visitor, label))
    return flows.wrong(paid.charged, is_earlier=False)
