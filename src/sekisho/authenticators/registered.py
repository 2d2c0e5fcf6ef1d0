"""Proving by what an account registered: asked for, charged, compared and used up.

Alike for a first proof at sign-in, a further one (two-step verification, spec M10) and a step-up.
A name without an account, or an account without this kind, walks the same road (spec C11). Tries
are counted in a book of each account and kind (spec C6): no lane of another kind is spent by them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from sekisho.authenticators import approving, counting, lanes, passkey
from sekisho.authenticators.kind import Compared, Hand, Trial
from sekisho.authenticators.kinds import KINDS
from sekisho.authenticators.rules import Asked, Asker, Given, Means, Option, Policy, Verdict
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.showing import shown
from sekisho.records import flows, limits, methods
from sekisho.records.activity import Kind
from sekisho.records.methods import Method, State, Tried

_HANDS: Mapping[str, Hand] = {kind.name: kind.hand for kind in KINDS if kind.hand is not None}
NAMES = tuple(_HANDS)
_WAITS = methods.Policy()
_CHALLENGE_BYTES = 32
_SALT_BYTES = 16


class Wanted(msgspec.Struct, frozen=True):
    """What is asked for: a kind, of whom, and which method where one was chosen.

    `subject` stands in where there is no account.
    """

    kind: str
    subject: int
    account: int | None
    method: int = 0


class Candidate(msgspec.Struct, frozen=True):
    """A method that an answer may be right for, as it was loaded."""

    account: int
    method: int
    held: object

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "held")


class Paid(msgspec.Struct, frozen=True):
    """A paid try, and what an answer is compared with. `payer` is 0 where no book counts it."""

    charged: flows.Charged
    candidates: tuple[Candidate, ...]
    payer: int
    tried: Tried | None = None

    @property
    def kind(self) -> str:
        """Return the kind that was asked for."""
        return self.charged.flow.challenge.kind


class Outcome(msgspec.Struct, frozen=True):
    """What comparing found, and with which of the candidates."""

    compared: Compared
    candidate: Candidate | None = None

    @property
    def verdict(self) -> Verdict:
        """Return what was found."""
        return self.compared.verdict


def usable(held: Iterable[Method], proved: Iterable[str] = ()) -> list[Method]:
    """Return the methods that can prove something that was not proved yet."""
    done = frozenset(counting.plain(one) for one in proved)
    return [
        one
        for one in held
        if one.state is State.ACTIVE and one.kind in _HANDS and one.kind not in done
    ]


def options(keys: Keys, flow: int, offered: Iterable[Method]) -> tuple[Option, ...]:
    """Return the ways on; a method is named only to who has proved something (spec P2)."""
    return tuple(
        Option(flows.option_of(flow, one.id, keys), one.kind, one.name or None) for one in offered
    )


def chosen(keys: Keys, flow: int, offered: Iterable[Method], option: str) -> Method | None:
    """Return the method that an option stands for."""
    return next((one for one in offered if flows.option_of(flow, one.id, keys) == option), None)


def field_of(kind: str) -> str:
    """Return the field that an answer of a kind comes in."""
    hand = _HANDS.get(kind)
    return hand.field if hand else "code"


def payer_of(keys: Keys, subject: int, kind: str) -> int:
    """Return whose book tries at a kind are counted in: the account's, or its stand-in's."""
    told = keys.mac("kind-book/v1", subject.to_bytes(8, "big"), kind.encode())
    return int.from_bytes(told[:8], "big") >> 1


def ask(
    work: Work,
    policy: Policy,
    asker: Asker,
    flow: flows.Flow | None,
    wanted: Wanted,
    lane: int,
) -> Asked | Refused:
    """Make a kind the flow's newest challenge; what sends nothing need not wait."""
    refused = _may_ask(work, policy, asker, flow, wanted)
    if refused is not None:
        return refused
    approval = None
    if wanted.kind == approving.KIND:
        whose = (wanted.account or wanted.subject, wanted.method)
        put = approving.ask(work, policy, asker, flow, whose, lane)
        if isinstance(put, Refused):
            return put
        newest, approval = put
    else:
        is_passkey = wanted.kind == passkey.PASSKEY.name
        drawn = work.chance.octets(_CHALLENGE_BYTES) if is_passkey else b""
        newest = challenge(work, policy, wanted, drawn)
    if flow is not None:  # what sends nothing shortens no wait for the next code (spec C10)
        resend_at = max(newest.resend_at, flow.challenge.resend_at)
        newest = replace(newest, resend_at=resend_at)
    subject = flow.subject if flow else wanted.subject
    asked = flows.Asked(subject, wanted.account, lane, newest)
    granted = flows.grant(work, asker.ticket, flow, asked)
    left = max(0, policy.limits.flow - granted.asked)
    is_familiar = lane != limits.STRANGER
    return Asked(granted, left, is_familiar, kind=wanted.kind, approval=approval)


def _may_ask(
    work: Work, policy: Policy, asker: Asker, flow: flows.Flow | None, wanted: Wanted
) -> Refused | None:
    if flow is None:
        opened_at = asker.ticket.opened_at
        is_over = work.now >= flows.ends_at(opened_at, opened_at, policy.flows)
        return Refused(Reason.FLOW_EXPIRED) if is_over else None
    refused = flows.may_ask(_at_once(work, flow), policy.flows, policy.limits.flow, work.now)
    if refused is None and wanted.kind == approving.KIND:
        return approving.may_ask(policy, flow, work.now)
    return refused


def _at_once(work: Work, flow: flows.Flow) -> flows.Flow:
    """Return the flow for a kind that need not wait: nothing of it is sent."""
    return replace(flow, challenge=replace(flow.challenge, resend_at=work.now))


def challenge(work: Work, policy: Policy, wanted: Wanted, drawn: bytes) -> flows.Challenge:
    """Return a challenge of a kind; `drawn` are the random octets of a passkey's."""
    return flows.Challenge(
        id=work.new_id(),
        digits=0,
        label="",
        mac=drawn,
        sent_at=work.now,
        ends_at=work.now + _life(policy, wanted.kind),
        resend_at=work.now,
        message=0,
        method=wanted.method,
        kind=wanted.kind,
    )


def charge(
    work: Work, policy: Policy, flow: flows.Flow, account: int | None, given: Given
) -> Paid | Refused:
    """Charge one try at the newest challenge's kind, before anything is compared."""
    outcome = _charge(work, policy, flow, account, given)
    if isinstance(outcome, Refused):
        return replace(outcome, kind=flow.challenge.kind)  # so that it does not speak of a code
    return outcome


def _charge(
    work: Work, policy: Policy, flow: flows.Flow, account: int | None, given: Given
) -> Paid | Refused:
    newest = flow.challenge
    if newest.kind == passkey.PASSKEY.name:
        found = passkey.find(work, given.text if given.field == "credential" else None)
        once = flows.charge_once(work, flow, policy.flows)
        if isinstance(once, Refused):
            return once
        answering = (Candidate(found.account, found.method, found),) if found else ()
        return Paid(once, answering, payer=0)
    if newest.kind == approving.KIND:
        waited = approving.charge(work, policy, flow, given)
        if isinstance(waited, Refused):
            return waited
        question = waited[1]
        by_phone = Candidate(question.account, question.decided_by, question)
        return Paid(waited[0], (by_phone,), payer=0)
    return _charge_typed(work, policy, flow, account)


def _charge_typed(
    work: Work, policy: Policy, flow: flows.Flow, account: int | None
) -> Paid | Refused:
    newest = flow.challenge
    payer = payer_of(work.keys, account or flow.subject, newest.kind)
    book = lanes.opened(work, account or 0, flow.lane, limits.reading(work, payer))
    held = methods.of_account(work, account or flow.subject)
    fitting = [
        one for one in usable(held) if one.kind == newest.kind and newest.method in (0, one.id)
    ]
    hand = _HANDS[newest.kind]
    loaded = tuple(
        Candidate(one.account, one.id, hand.load(work, one.account, one.id)) for one in fitting
    )
    at_once = _at_once(work, flow)
    if flow.proved and flow.lane == limits.STRANGER and any(map(lanes.is_closed, fitting)):
        return flows.closed(at_once, policy.flows, policy.limits.tries, work.now)
    charged = flows.charge(work, at_once, book, policy.flows, policy.limits, payer=payer)
    if isinstance(charged, Refused):
        return charged
    tried = methods.count(work, fitting[0], _WAITS) if flow.proved and fitting else None
    return tried if isinstance(tried, Refused) else Paid(charged, loaded, payer, tried)


def compare(trial: Trial, paid: Paid, given: Given) -> Outcome:
    """Compare an answer with each candidate, with nothing open; with nobody's where there is none.

    A hash is computed in the pool, whose place the caller holds (`password.desk_of`).
    """
    hand = _HANDS[paid.kind]
    if given.text is None:
        return Outcome(Compared(Verdict.UNREADABLE))
    found: list[Outcome] = [
        Outcome(hand.compare(trial, one.held, given.text), one) for one in paid.candidates
    ] or [Outcome(hand.compare(trial, None, given.text))]
    by_worth = (Verdict.RIGHT, Verdict.EARLIER, Verdict.WRONG, Verdict.UNREADABLE)
    return min(found, key=lambda one: by_worth.index(one.verdict))


def trial_of(work: Work, means: Means, paid: Paid, origin: str, now: datetime) -> Trial:
    """Return what comparing needs; `work` opens nothing."""
    return Trial(
        keys=work.keys,
        means=means,
        flow=paid.charged.flow,
        origin=origin,
        now=now,
        salt=work.chance.octets(_SALT_BYTES),
    )


def told(paid: Paid, verdict: Verdict, given: Given) -> tuple[Kind, Refused]:
    """Return the event and the refusal of an answer that was not right; its charge stays."""
    wrong = replace(flows.wrong(paid.charged, is_earlier=False), kind=paid.kind)
    match verdict:
        case Verdict.EARLIER:  # right once, and used up: it opens nothing again (attack 029)
            return Kind.CODE_EARLIER, Refused(Reason.CODE_USED, kind=paid.kind)
        case Verdict.UNREADABLE:
            field = _HANDS[paid.kind].field
            detail = "one value is wanted" if given.text is None else "none of this kind"
            unread = Refused(
                Reason.INVALID_INPUT,
                pointer=f"/{field}",
                detail=detail,
                left=wrong.left,
                kind=paid.kind,
            )
            return Kind.CODE_UNREADABLE, unread
        case _:
            return Kind.CODE_WRONG, wrong


def use_up(work: Work, paid: Paid, outcome: Outcome) -> Refused | None:
    """Use a right answer up: of any number of them one commits this. Reads first."""
    if outcome.candidate is None:
        return Refused(Reason.CODE_WRONG)
    return _HANDS[paid.kind].use_up(work, outcome.candidate.held, outcome.compared)


def _life(policy: Policy, kind: str) -> timedelta:
    if kind == passkey.PASSKEY.name:
        return passkey.setup_of(policy.means).policy.lives
    return policy.flows.security
