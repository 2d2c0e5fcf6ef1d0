"""Proving by a method: what an account registered, asked for, charged, compared and used up.

Alike for a second proof at sign-in (two-step verification, spec M10) and for a step-up. A method's
tries are counted in a book of its own and in a row of its own (spec C6).
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec.structs import replace

from sekisho.authenticators import recovery_code, totp
from sekisho.authenticators.kinds import kind_named
from sekisho.authenticators.reading import read_code
from sekisho.authenticators.rules import Asked, Asker, Material, Option, Policy, Verdict
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.showing import shown
from sekisho.records import flows, limits, methods
from sekisho.records.activity import Kind
from sekisho.records.methods import Method, State, Tried

KINDS = (totp.KIND, recovery_code.KIND)
_ENOUGH = 2  # different kinds
_WAITS = methods.Policy()


class Second(msgspec.Struct, frozen=True):
    """A paid try at a method, and what an answer is compared with."""

    charged: flows.Charged
    tried: Tried
    method: Method
    held: object

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "method", "held")


def is_wanted(proved: Iterable[str], *, two_step: bool) -> bool:
    """Say whether more is to be proved; one kind counts once, a passkey for two (spec M10)."""
    kinds = frozenset(proved)
    return two_step and len(kinds) < _ENOUGH and "passkey" not in kinds


def usable(held: Iterable[Method], proved: Iterable[str] = ()) -> list[Method]:
    """Return the methods that can prove something that was not proved yet."""
    done = frozenset(proved)
    return [
        one
        for one in held
        if one.state is State.ACTIVE and one.kind in KINDS and one.kind not in done
    ]


def options(keys: Keys, flow: int, offered: Iterable[Method]) -> tuple[Option, ...]:
    """Return the ways on; a method is named only to who has proved something (spec P2)."""
    return tuple(
        Option(flows.option_of(flow, one.id, keys), one.kind, one.name or None) for one in offered
    )


def chosen(keys: Keys, flow: int, offered: Iterable[Method], option: str) -> Method | None:
    """Return the method that an option stands for."""
    return next((one for one in offered if flows.option_of(flow, one.id, keys) == option), None)


def ask(
    work: Work, policy: Policy, asker: Asker, flow: flows.Flow | None, method: Method, lane: int
) -> Asked | Refused:
    """Make a method the flow's newest challenge; nothing is sent, so nothing need wait."""
    if flow is not None:
        at_once = replace(flow, challenge=replace(flow.challenge, resend_at=work.now))
        refused = flows.may_ask(at_once, policy.flows, policy.limits.flow, work.now)
        if refused is not None:
            return refused
    challenge = flows.Challenge(
        id=work.new_id(),
        digits=0,
        label="",
        mac=b"",
        sent_at=work.now,
        ends_at=work.now + policy.flows.security,
        resend_at=work.now,
        message=0,
        method=method.id,
    )
    subject = flow.subject if flow else method.account
    asked = flows.Asked(subject, method.account, lane, challenge)
    granted = flows.grant(work, asker.ticket, flow, asked)
    left = max(0, policy.limits.flow - granted.asked)
    return Asked(granted, left, is_familiar=lane != limits.STRANGER, kind=method.kind)


def charge(work: Work, policy: Policy, flow: flows.Flow) -> Second | Refused:
    """Charge one try at the newest challenge's method, before anything is compared."""
    method = methods.find(work, flow.account or 0, flow.challenge.method)
    if method is None or method.state is not State.ACTIVE:
        return Refused(Reason.NOT_FOUND)
    held = _load(work, method)
    book = limits.reading(work, method.id)
    charged = flows.charge(work, flow, book, policy.flows, policy.limits, payer=method.id)
    if isinstance(charged, Refused):
        return charged
    tried = methods.count(work, method, _WAITS)
    return tried if isinstance(tried, Refused) else Second(charged, tried, method, held)


def compare(keys: Keys, paid: Second, typed: str | None, now: datetime) -> Verdict:
    """Compare an answer with the method, with nothing open."""
    kind = kind_named(paid.method.kind)
    if kind is None or typed is None:
        return Verdict.UNREADABLE
    flow = paid.charged.flow
    material = Material(
        purpose=flow.purpose,
        subject=flow.subject,
        flow=flow.id,
        challenge=flow.challenge.id,
        digits=flow.challenge.digits,
        expected=b"",
        earlier=(),
        held=paid.held,
        now=now,
    )
    return kind.verify(keys, material, typed)


def told(paid: Second, verdict: Verdict, typed: str | None) -> tuple[Kind, Refused]:
    """Return the event and the refusal of an answer that was not right; its charge stays."""
    wrong = flows.wrong(paid.charged, is_earlier=False)
    match verdict:
        case Verdict.EARLIER:  # right once, and used up: it opens nothing again (attack 029)
            return Kind.CODE_EARLIER, Refused(Reason.CODE_USED)
        case Verdict.UNREADABLE:
            detail = "no code of this kind" if typed is not None else "one text value is wanted"
            unread = Refused(Reason.INVALID_INPUT, pointer="/code", detail=detail, left=wrong.left)
            return Kind.CODE_UNREADABLE, unread
        case _:
            return Kind.CODE_WRONG, wrong


def use_up(work: Work, paid: Second, typed: str, now: datetime) -> str | Refused | None:
    """Use a right answer up: of any number of them one commits this.

    Returns the recovery code that takes the place of the one that was used, for its owner's eyes.
    Reads first, so that the caller may keep after it.
    """
    held = paid.held
    if isinstance(held, totp.Enrolled):
        code = read_code(typed, held.marks.digits)
        used = totp.conclude(work, held, totp.verify(held, code, now, totp.TOLERANCE))
        return used if isinstance(used, Refused) else None
    if isinstance(held, recovery_code.Kept):
        made = recovery_code.conclude(work, held, recovery_code.verify(work.keys, held, typed))
        return made if isinstance(made, Refused) else made.code
    return Refused(Reason.NOT_FOUND)


def _load(work: Work, method: Method) -> object:
    if method.kind == totp.KIND:
        return totp.load(work, method.account, method.id)
    return recovery_code.load(work, method.account, method.id)
