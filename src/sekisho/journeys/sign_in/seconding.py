"""The second proof of a sign-in, where two-step verification is on (spec M10).

first code right -> advance (commit) -> a method is asked for -> charge (commit) -> compare -> pass
"""

from datetime import datetime

import msgspec

from sekisho.authenticators import Ask, Asked, Asker, More, Second, Verdict, second
from sekisho.ground.db import Database, Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.visitor import Visitor
from sekisho.journeys.sign_in import telling
from sekisho.journeys.sign_in.rules import Policy, SignedIn
from sekisho.journeys.sign_in.store import Owner
from sekisho.records import activity, flows, limits, methods, notices, sessions
from sekisho.records.activity import Event, Kind
from sekisho.records.notices import Told
from sekisho.risk import Facts, judge

_FAMILIAR_SLIPS = 3  # wrong answers in a row before the owner of a known browser is written to


class Paid(msgspec.Struct, frozen=True):
    """A paid try at the second proof, with who is to be told of it."""

    second: Second
    owner: Owner
    visitor: Visitor
    is_familiar: bool


def ask(work: Work, policy: Policy, asker: Asker, request: Ask) -> Asked | Refused:
    """Ask for a method; only who gave a first proof in this flow is offered any."""
    flow = flows.find(work, asker.ticket.flow)
    if flow is None or not flow.proved or flow.account is None:
        return Refused(Reason.OPTION_UNKNOWN, pointer="/option", detail="not one of this flow")
    held = second.usable(methods.of_account(work, flow.account), flow.proved)
    method = second.chosen(work.keys, flow.id, held, request.option)
    if method is None:
        return Refused(Reason.OPTION_UNKNOWN, pointer="/option", detail="not one of this flow")
    return second.ask(work, policy, asker, flow, method, flow.lane)


def more(work: Work, flow: flows.Flow, account: int, proved: tuple[str, ...]) -> More:
    """Return the ways on after a first proof."""
    held = second.usable(methods.of_account(work, account), proved)
    return More(second.options(work.keys, flow.id, held))


def answer(
    db: Database, policy: Policy, ticket: flows.Ticket, paid: Paid, typed: str | None
) -> SignedIn | Refused:
    """Compare the answer that was paid for, and conclude."""
    now = db.clock.now()
    verdict = second.compare(db.keys, paid.second, typed, now)
    if verdict is Verdict.RIGHT and typed is not None:
        return db.write(
            "sign_in.second", lambda work: _conclude(work, policy, ticket, paid, (typed, now))
        )
    return db.write(
        "sign_in.second_wrong", lambda work: _refuse(work, ticket, paid, verdict, typed)
    )


def _conclude(
    work: Work, policy: Policy, ticket: flows.Ticket, paid: Paid, given: tuple[str, datetime]
) -> SignedIn | Refused:
    charged, method, account = paid.second.charged, paid.second.method, paid.owner.account
    if work.is_again:
        flow = flows.find(work, charged.flow.id)
        is_same = flow is not None and flow.challenge.id == charged.flow.challenge.id
        if flow is None or flow.state is not flows.State.OPEN or not is_same:
            return Refused(Reason.CODE_USED)
    book = limits.reading(work, method.id)
    used = second.use_up(work, paid.second, *given)
    if isinstance(used, Refused):
        return used
    flows.spend(work, charged, book, method.id)
    proved = (*charged.flow.proved, method.kind)
    started = sessions.begin(work, account, proved, paid.visitor, policy.sessions)

    reasons = judge(Facts(is_familiar=paid.is_familiar, is_new_account=False)).reasons
    activity.record(work, Event(Kind.SIGNED_IN, account, paid.visitor, None, reasons))
    if reasons:
        who = telling.addressee(work, paid.owner, ticket, account)
        notices.tell(work, Told.NEW_SIGN_IN, who, paid.visitor)
    return SignedIn(started, is_new_account=False, recovery_code=used)


def _refuse(
    work: Work, ticket: flows.Ticket, paid: Paid, verdict: Verdict, typed: str | None
) -> Refused:
    """Record a wrong second proof; who has the first one is worth a word to the owner (M10)."""
    kind, refused = second.told(paid.second, verdict, typed)
    account, tried = paid.owner.account, paid.second.tried
    activity.record(work, Event(kind, account, paid.visitor, None, (paid.second.method.kind,)))
    if tried.is_told or tried.in_a_row == (_FAMILIAR_SLIPS if paid.is_familiar else 1):
        who = telling.addressee(work, paid.owner, ticket, account)
        notices.tell(work, Told.SECOND_STEP_FAILED, who, paid.visitor)
    return refused
