"""Answering: charged in a commit of its own, compared, concluded (spec C6), whatever the kind.

charge (commit) -> compare -> right: more is wanted, or session and notice (commit)
                           -> wrong, earlier, unreadable: event (commit); the charge stays
"""

import msgspec
from msgspec.structs import replace

from sekisho import authenticators
from sekisho.authenticators import (
    CODES,
    Given,
    More,
    Verdict,
    comparing,
    counting,
    lanes,
    registered,
)
from sekisho.authenticators.comparing import Right
from sekisho.authenticators.password import Place
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.sign_in import concluding, telling
from sekisho.journeys.sign_in.concluding import Paid
from sekisho.journeys.sign_in.rules import Policy, Proved, SignedIn
from sekisho.journeys.sign_in.store import Gathered
from sekisho.records import activity, flows, limits, notices, sessions, trust
from sekisho.records.activity import Event
from sekisho.records.limits import STRANGER
from sekisho.records.notices import Told

_FAMILIAR_SLIPS = 3  # wrong answers in a row before the owner of a known browser is written to
_SENT = frozenset(("", *CODES.values()))  # kinds of challenges that proving.py compares


class _Attempt(msgspec.Struct, frozen=True):
    """One answer, by whom, in which flow."""

    visitor: Visitor
    ticket: flows.Ticket
    given: Given
    coarse: limits.Passed | Refused


def answer(
    db: Database,
    policy: Policy,
    gate: limits.Gate,
    visitor: Visitor,
    ticket: flows.Ticket,
    given: Given,
) -> SignedIn | Proved | More | Refused:
    """Answer a flow's newest challenge.

    A password holds its place in the pool before it is charged: where the line is full, nothing is
    counted (attack 086).
    """
    coarse = limits.take_answer(gate, visitor.ip, db.clock.now())
    if isinstance(coarse, Refused) and not visitor.device:
        return coarse
    if not db.clock.is_steady():
        return Refused(Reason.UNAVAILABLE)  # Threat: 126, an expired code must not come alive
    attempt = _Attempt(visitor, ticket, given, coarse)
    with comparing.placed(db, policy.means, given) as place:
        if isinstance(place, Refused):
            return place
        return _judge(db, policy, attempt, place)


def _judge(
    db: Database, policy: Policy, attempt: _Attempt, place: Place | None
) -> SignedIn | Proved | More | Refused:
    paid = db.write("sign_in.charge", lambda work: _charge(work, policy, attempt))
    if isinstance(paid, Refused):
        return paid
    origin = attempt.visitor.service_origin
    right = comparing.compare(db, policy.means, origin, paid.proof, attempt.given, place)
    if isinstance(right, Right):
        trusted = _trusted(db, attempt.ticket, paid, right)
        paid = replace(paid, trusted=trusted, trusts=attempt.given.trusts)
        return db.write(
            "sign_in.pass",
            lambda work: concluding.conclude(work, policy, attempt.ticket, paid, right),
        )
    return db.write("sign_in.wrong", lambda work: _refuse(work, attempt, paid, right))


def _trusted(db: Database, ticket: flows.Ticket, paid: Paid, right: Right) -> trust.Kept | None:
    """Return the trust in this browser, where it stands in the place of a second step (S2).

    # Threat: 059, a reset is no sign-in: it wants both proofs in a trusted browser too.
    """
    owner, visitor = paid.owner, paid.visitor
    proved = (*paid.charged.flow.proved, right.kind)
    if owner is None or ticket.is_reset:
        return None
    if not counting.is_wanted(proved, two_step=owner.two_step):
        return None
    return trust.recognise(db, owner.account, visitor)


def _charge(work: Work, policy: Policy, attempt: _Attempt) -> Paid | Refused:
    ticket, visitor = attempt.ticket, attempt.visitor
    held = sessions.device_of(visitor.device)
    found = concluding.gather(work, ticket, held.id if held else 0)
    if found is None or found.flow is None:
        ends_at = flows.ends_at(ticket.opened_at, ticket.opened_at, policy.flows)
        return Refused(Reason.FLOW_EXPIRED if work.now >= ends_at else Reason.NOT_FOUND)
    flow = found.flow
    if isinstance(attempt.coarse, Refused) and flow.lane == STRANGER:
        return attempt.coarse
    misfit = comparing.misfit(flow, attempt.given)
    if misfit is not None:
        return misfit
    if found.void is not None:
        return found.void
    visitor, is_familiar = _recognised(work, visitor, found)
    payer = found.payer(flow)
    proof: flows.Charged | registered.Paid | Refused
    if flow.challenge.kind in _SENT:
        books = lanes.opened(work, payer, flow.lane, found.books)
        paying = authenticators.Gathered(payer, books, flow, flow.lane)
        proof = authenticators.charge(work, policy, paying)
        if isinstance(proof, Refused) and proof.reason is Reason.TOO_MANY_TRIES:
            telling.tell_blocked(work, policy, visitor, found, ticket)
    else:
        account = found.owner.account if found.owner else None
        proof = registered.charge(work, policy, flow, account, attempt.given)
    if isinstance(proof, Refused):
        return proof
    return Paid(proof, found.owner, payer, visitor, is_familiar=is_familiar)


def _recognised(work: Work, visitor: Visitor, found: Gathered) -> tuple[Visitor, bool]:
    """Return the visitor, without a device token under another secret, and whether it is known."""
    held = sessions.device_of(visitor.device)
    is_familiar = sessions.recognised(work.keys, held, found.device_mac) is not None
    if found.device_mac is not None and not is_familiar:
        visitor = replace(visitor, device="")
    return visitor, is_familiar


def _refuse(work: Work, attempt: _Attempt, paid: Paid, verdict: Verdict) -> Refused:
    """Record an answer that was not right; who has a first proof is worth a word to the owner."""
    proof, owner = paid.proof, paid.owner
    kind, refused = comparing.told(proof, verdict, attempt.given)
    told = []
    if owner is not None and paid.charged.flow.proved:
        owners = telling.everybody(work, owner, attempt.ticket)
        told = owners if _is_told(work, paid) else []
    is_registered = isinstance(proof, registered.Paid)
    label = None if is_registered else paid.charged.flow.challenge.label
    reasons = (proof.kind,) if isinstance(proof, registered.Paid) else ()
    activity.record(work, Event(kind, paid.payer, paid.visitor, label, reasons))
    notices.tell_all(work, Told.SECOND_STEP_FAILED, told, paid.visitor)
    return refused


def _is_told(work: Work, paid: Paid) -> bool:
    """Say whether the owner hears of a second proof that failed (attack 085).

    A method counts its own failures in a row; what has no count is told once a day.
    """
    slips = _FAMILIAR_SLIPS if paid.is_familiar else 1
    tried = paid.proof.tried if isinstance(paid.proof, registered.Paid) else None
    if tried is not None:
        return tried.is_told or tried.in_a_row == slips
    newest = paid.charged.flow.challenge
    is_first = newest.tries == slips or newest.kind == "passkey"  # which takes one answer
    return is_first and telling.once_a_day(work, paid.payer, paid.charged.flow.lane)
