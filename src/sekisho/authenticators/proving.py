"""Proving by a code: asking for one and comparing an answer, alike for every purpose.

A journey gathers (whose flow, whose book, whom a code may reach) and concludes (what a right answer
opens); what lies between stands here, so that no purpose has limits or labels of its own.
"""

from msgspec.structs import replace

from sekisho.authenticators import code
from sekisho.authenticators.kinds import kind_named
from sekisho.authenticators.rules import (
    CODE_KIND,
    CODES,
    Asked,
    Asker,
    Gathered,
    Given,
    Material,
    Policy,
    Target,
    Verdict,
)
from sekisho.ground.clock import micros
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys
from sekisho.ground.refusal import Reason, Refused
from sekisho.records import activity, delivery, flows, limits, notices, spending
from sekisho.records.activity import Event, Kind
from sekisho.records.limits import STRANGER, Asking, Sending
from sekisho.records.notices import Told

_UNREADABLE = Refused(Reason.INVALID_INPUT, pointer="/code", detail="no code of the right length")
_BUDGET = ("phone_budget",)
_SHAPE = Refused(Reason.INVALID_INPUT, pointer="/code", detail="one text value is wanted")


def ask(
    work: Work, policy: Policy, asker: Asker, found: Gathered, target: Target
) -> Asked | Refused:
    """Grant a code, post it and keep what is left of it; a new one voids the earlier (C4, C10)."""
    granted = _judge(work, policy, asker.ticket, found)
    if isinstance(granted, Refused):
        return granted
    spent, is_nobodys = _spend(work, policy, target, granted), target.is_decoy
    is_held = isinstance(spent, spending.Held)
    if isinstance(spent, spending.Held):
        spending.hold(work, spent, target.to)
        if asker.ticket.purpose is not flows.Purpose.SIGN_IN:
            return _held_back(work, asker, found, spent)
        # Threat: 091, a refusal would tell a stranger of which block an account's phone is.
        target = replace(target, is_decoy=True)  # (test_a_stranger_does_not_see_a_stop)

    challenge = _challenge(work, policy, asker, found, target, granted)
    if isinstance(spent, spending.Granted):
        is_new = asker.ticket.purpose is flows.Purpose.VERIFY_CONTACT
        spending.keep(work, spent, challenge.message, is_new=is_new)
    asked = flows.Asked(target.subject, target.account, found.lane, challenge)
    flow = flows.grant(work, asker.ticket, found.flow, asked)
    limits.keep(work, found.payer, found.book[0], granted.book)

    is_sent = granted.sending is Sending.CODE and not is_held
    kind = Kind.CODE_ASKED if is_sent else Kind.CODE_HELD_BACK
    reasons = _BUDGET if is_held else (activity.NOBODY,) if is_sent and is_nobodys else ()
    payer = found.tells or found.payer
    activity.record(work, Event(kind, payer, asker.visitor, granted.label, reasons=reasons))
    is_familiar = found.lane != STRANGER
    sent = CODES[target.channel]
    return Asked(flow, granted.resends_left, is_familiar, is_grown=granted.tells, kind=sent)


def charge(work: Work, policy: Policy, found: Gathered) -> flows.Charged | Refused:
    """Charge one try, to be committed before anything is compared (spec C6)."""
    if found.flow is None:
        return Refused(Reason.NOT_FOUND)
    return flows.charge(
        work, found.flow, found.book, policy.flows, policy.limits, payer=found.payer
    )


def compare(keys: Keys, flow: flows.Flow, given: Given) -> Verdict:
    """Compare an answer with the flow's codes."""
    newest, kind = flow.challenge, kind_named(CODE_KIND)
    if given.text is None or kind is None:
        return Verdict.UNREADABLE
    material = Material(
        purpose=flow.purpose,
        subject=flow.subject,
        flow=flow.id,
        challenge=newest.id,
        digits=newest.digits,
        expected=newest.mac,
        earlier=flow.earlier,
    )
    return kind.verify(keys, material, given.text)


def told(paid: flows.Charged, verdict: Verdict, given: Given) -> tuple[Kind, Refused]:
    """Return the event and the refusal of an answer that was not right; its charge stays."""
    match verdict:
        case Verdict.EARLIER:
            return Kind.CODE_EARLIER, flows.wrong(paid, is_earlier=True)
        case Verdict.UNREADABLE:
            wrong = flows.wrong(paid, is_earlier=False)
            shape = _SHAPE if given.text is None else _UNREADABLE
            return Kind.CODE_UNREADABLE, replace(shape, left=wrong.left)
        case _:
            return Kind.CODE_WRONG, flows.wrong(paid, is_earlier=False)


def _judge(work: Work, policy: Policy, ticket: flows.Ticket, found: Gathered) -> Asking | Refused:
    opened_at = ticket.opened_at
    if found.flow is not None:
        refused = flows.may_ask(found.flow, policy.flows, policy.limits.flow, work.now)
        if refused is not None:
            return refused
    elif work.now >= flows.ends_at(opened_at, opened_at, policy.flows):
        return Refused(Reason.FLOW_EXPIRED)
    book = found.book[1]
    label = code.label_among(book.live_labels(work.now), work.chance.below(1 << 16))
    before = found.flow.asked if found.flow else 0
    is_sign_in = ticket.purpose is flows.Purpose.SIGN_IN
    most = policy.limits if is_sign_in else limits.with_reserve(policy.limits)
    return limits.ask(book, found.lane, most, work.now, label=label, asked_in_flow=before)


def _spend(
    work: Work, policy: Policy, target: Target, granted: Asking
) -> spending.Granted | spending.Held | None:
    """Judge what a code to a phone costs; None where nothing is sent that costs (spec F5)."""
    is_free = target.channel not in ("sms", "voice") or target.is_decoy
    if is_free or granted.sending is not Sending.CODE:
        return None
    return spending.judge(work, target.to, policy.costs)


def _held_back(work: Work, asker: Asker, found: Gathered, held: spending.Held) -> Refused:
    """Refuse a code that would cost too much, and say so to the owner."""
    payer = found.tells or found.payer
    activity.record(work, Event(Kind.CODE_HELD_BACK, payer, asker.visitor, reasons=_BUDGET))
    return Refused(Reason.TOO_MANY_REQUESTS, retry_at=held.until)


def _challenge(
    work: Work, policy: Policy, asker: Asker, found: Gathered, target: Target, granted: Asking
) -> flows.Challenge:
    """Draw the code, post it, and return the challenge that is left of it."""
    challenge, ticket = work.new_id(), asker.ticket
    drawn = code.draw(
        work,
        Material(
            purpose=ticket.purpose,
            subject=found.flow.subject if found.flow else target.subject,
            flow=ticket.flow,
            challenge=challenge,
            digits=granted.digits,
            expected=b"",
            earlier=(),
        ),
    )
    letter = _letter(work, asker, target, granted)
    if found.flow is not None:
        delivery.supersede(work, found.flow.challenge.message)
    ends_at = work.now + policy.flows.life(ticket.purpose)
    if granted.sending is not Sending.DIGEST:
        letter = replace(letter, ends_at=ends_at, label=granted.label, code=drawn.code)
    return flows.Challenge(
        id=challenge,
        digits=granted.digits,
        label=granted.label,
        mac=drawn.mac,
        sent_at=work.now,
        ends_at=ends_at,
        resend_at=granted.resend_at,
        message=delivery.post(work, letter),
        method=target.contact,
        kind=CODES[target.channel],
    )


def _letter(work: Work, asker: Asker, target: Target, granted: Asking) -> delivery.Letter:
    """Begin the one message of a request: the code's, the day's digest, or a decoy of the code."""
    ticket, visitor = asker.ticket, asker.visitor
    account, is_digest = target.account or target.subject, granted.sending is Sending.DIGEST
    is_sent = not is_digest or notices.is_sent(work, account, Told.CODE_FLOOD, target.channel)
    return delivery.Letter(
        kind=Told.CODE_FLOOD.value if is_digest else target.kind,
        to=target.to,
        language=ticket.language,
        zone=ticket.zone,
        account=account,
        ends_at=None,
        label=None,
        code=None,
        facts={
            "device": visitor.device_text(ticket.language),
            "place": visitor.place(ticket.language),
            "asked_at": micros(work.now),
            **target.facts,
        },
        is_decoy=target.is_decoy or granted.sending is Sending.NOTHING or not is_sent,
        channel=target.channel,
    )
