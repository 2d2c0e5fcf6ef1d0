"""What a phone says to an ask: approve with the number, deny, report. Signed, charged, concluded.

signature checked (nothing open) -> charge one number (commit) -> compare, keep, tell (commit)

A "no" needs no number and costs nothing; it ends the flow and is told to every contact.
"""

from dataclasses import dataclass, field

import msgspec
from msgspec.structs import replace

from sekisho.authenticators.push import binding, rules, signing, store
from sekisho.authenticators.push.rules import (
    ENROLMENT,
    Ask,
    Decision,
    Details,
    Phone,
    Policy,
    State,
)
from sekisho.ground import ids
from sekisho.ground.clock import micros
from sekisho.ground.db import Database, Work
from sekisho.ground.keys import same
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.showing import shown
from sekisho.ground.visitor import Visitor, device_words, place_words
from sekisho.records import accounts, activity, flows, methods, notices, trust
from sekisho.records.activity import Event, Kind
from sekisho.records.methods import Full, Used
from sekisho.records.notices import Addressee, Told

_WAITS = methods.Policy()


class Said(msgspec.Struct, frozen=True):
    """What a phone sent: about which ask, what, the number that was typed, and its signature."""

    ask: int
    decision: Decision
    number: str
    signature: bytes

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "number")


@dataclass(frozen=True, slots=True)
class Shown:
    """An ask as its phone shows it."""

    ask: Ask
    details: Details = field(repr=False)


def phone_of(work: Work, token: str) -> Phone | Refused:
    """Return the phone of a token; one whose method was removed is none, at once (attack 050)."""
    held = binding.read_token(token)
    phone = store.phone(work, held.method) if held else None
    if held is None or phone is None or not binding.is_token_of(work.keys, phone, held):
        return Refused(Reason.NOT_SIGNED_IN)
    return phone


def waiting(work: Work, phone: Phone) -> list[Shown]:
    """Return what a phone is asked now: never another's, never more than there is."""
    asks = [one for one in store.waiting(work, phone.account) if rules.is_for(one, phone)]
    told = ((one, binding.details_of(work.keys, one)) for one in asks)
    return [Shown(one, details) for one, details in told if details is not None]


def decide(
    db: Database, policy: Policy, visitor: Visitor, token: str, said: Said
) -> State | Refused:
    """Take a phone's decision; return how the ask stands after it."""
    if not db.clock.is_steady():
        return Refused(Reason.UNAVAILABLE)  # Threat: 126, an ask that is over must not come alive
    known = db.read(lambda work: _gather(work, token, said.ask))
    if isinstance(known, Refused):
        return known
    phone, ask = known
    # Threat: 047, whoever has the token alone decides nothing (test_a_forged_decision…).
    if not is_said(phone, ask, said):
        return Refused(Reason.NOT_FOUND)
    match said.decision:
        case Decision.APPROVE:
            return _approve(db, policy, visitor, token, said)
        case Decision.DENY:
            return db.write("push.deny", lambda work: _deny(work, visitor, token, said))
        case Decision.REPORT:
            return db.write("push.report", lambda work: _report(work, visitor, token, said))


def is_said(phone: Phone, ask: Ask, said: Said) -> bool:
    """Say whether the phone signed just this; with nothing open."""
    name = ids.show("chl", said.ask)
    text = signing.decision_text(name, ask.nonce, said.decision, said.number)
    return signing.is_signed(phone.public_key, text, said.signature)


def _approve(
    db: Database, policy: Policy, visitor: Visitor, token: str, said: Said
) -> State | Refused:
    charged = db.write("push.charge", lambda work: _charge(work, policy, token, said.ask))
    if isinstance(charged, Refused):
        return charged
    return db.write(
        "push.approve", lambda work: _conclude(work, policy, visitor, token, (said, charged))
    )


def _gather(work: Work, token: str, ask: int) -> tuple[Phone, Ask] | Refused:
    phone = phone_of(work, token)
    if isinstance(phone, Refused):
        return phone
    found = store.ask(work, ask)
    if found is None or not rules.is_for(found, phone):
        return Refused(Reason.NOT_FOUND)
    return phone, found


def _charge(work: Work, policy: Policy, token: str, ask: int) -> int | Refused:
    """Charge one number before it is compared; return the how-manieth it is (spec C6)."""
    known = _gather(work, token, ask)
    if isinstance(known, Refused):
        return known
    phone, found = known
    refused = rules.may_decide(found, phone, policy, work.now)
    if refused is not None:
        return refused
    store.keep_try(work, found)
    return found.tries + 1


def _conclude(
    work: Work, policy: Policy, visitor: Visitor, token: str, paid: tuple[Said, int]
) -> State | Refused:
    said, tries = paid
    known = _gather(work, token, said.ask)
    if isinstance(known, Refused):
        return known
    phone, found = known
    refused = rules.may_decide(replace(found, tries=0), phone, policy, work.now)
    if refused is not None:
        return refused
    details = binding.details_of(work.keys, found)
    if details is None or not same(details.number.encode(), said.number.encode()):
        return _wrong(work, policy, visitor, phone, (found, tries))
    if found.purpose == ENROLMENT:
        refused = _confirm(work, policy, visitor, phone)
        if refused is not None:
            return refused
    else:
        activity.record(work, Event(Kind.PUSH_APPROVED, phone.account, visitor))
    store.decide(work, found, State.APPROVED, phone.method)
    return State.APPROVED


def _wrong(
    work: Work, policy: Policy, visitor: Visitor, phone: Phone, paid: tuple[Ask, int]
) -> Refused:
    found, tries = paid
    left = max(0, policy.tries - tries)
    activity.record(work, Event(Kind.PUSH_NUMBER_WRONG, phone.account, visitor))
    if not left:
        store.decide(work, found, State.FAILED, phone.method)
    return Refused(Reason.CODE_WRONG, left=left)


def _confirm(work: Work, policy: Policy, visitor: Visitor, phone: Phone) -> Refused | None:
    """Make the new phone count, and tell every contact of it (attack 050)."""
    account = phone.account
    accounts.hold(work, account)
    owner, pending = accounts.find(work, account), methods.find(work, account, phone.method)
    # Threat: 050, whoever had the session when it was begun, and lost it (spec V5).
    if owner and pending and micros(pending.created_at) < owner.voided_at:
        return Refused(Reason.CODE_EXPIRED)
    told = notices.addressees(work, account)
    confirmed = methods.confirm(
        work, account, phone.method, Used(0, None), _WAITS, most=policy.most
    )
    match confirmed:
        case Refused():
            return confirmed
        case Full():
            return Refused(Reason.TOO_MANY_METHODS)
        case _:
            pass
    trust.end_with_change(work, account)
    activity.record(work, Event(Kind.METHOD_ADDED, account, visitor, reasons=(rules.KIND,)))
    notices.tell_all(work, Told.METHOD_ADDED, told, visitor, kind=rules.KIND)
    return None


def _deny(work: Work, visitor: Visitor, token: str, said: Said) -> State | Refused:
    known = _gather(work, token, said.ask)
    if isinstance(known, Refused):
        return known
    phone, found = known
    refused = rules.may_deny(found, phone, work.now)
    if refused is not None:
        return refused
    if found.purpose == ENROLMENT:
        methods.remove(work, phone.account, phone.method)
        store.decide(work, found, State.DENIED, phone.method)
        return State.DENIED
    told = notices.addressees(work, phone.account)
    store.decide(work, found, State.DENIED, phone.method)
    flows.refuse(work, found.flow)
    activity.record(work, Event(Kind.PUSH_DENIED, phone.account, visitor))
    notices.tell_all(work, Told.PUSH_DENIED, told, visitor, **_asker(work, found, told))
    return State.DENIED


def _asker(work: Work, found: Ask, told: list[Addressee]) -> dict[str, str]:
    """Return from where it was asked, in the words of those who are told."""
    details = binding.details_of(work.keys, found)
    if details is None or not told:
        return {}
    language = told[0].language
    return {
        "device": device_words(details.device, language),
        "place": place_words(details.country, language),
    }


def _report(work: Work, visitor: Visitor, token: str, said: Said) -> State | Refused:
    known = _gather(work, token, said.ask)
    if isinstance(known, Refused):
        return known
    phone, found = known
    refused = rules.may_report(found, phone)
    if refused is not None:
        return refused
    store.report(work, found)
    activity.record(work, Event(Kind.PUSH_REPORTED, phone.account, visitor))
    return State.DENIED
