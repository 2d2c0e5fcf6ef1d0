"""Binding a phone to an account: begun by its owner, joined by the phone, confirmed on the phone.

begun (pairing code shown) -> the phone sends its key, signed -> its owner types on it the number
that the enrolment page shows -> active. All within the ten minutes of a pending method.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import msgspec
from msgspec.structs import replace

from sekisho.authenticators.push import binding, pairing, store
from sekisho.authenticators.push.rules import (
    ENROLMENT,
    KIND,
    NONCE_BYTES,
    STRONG_DIGITS,
    Ask,
    Details,
    Phone,
    Policy,
    Reach,
    State,
)
from sekisho.ground import chance as chances
from sekisho.ground.db import Work
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.showing import shown
from sekisho.ground.visitor import Visitor
from sekisho.records import methods
from sekisho.records.methods import Full, Method, New

_WAITS = methods.Policy()


@dataclass(frozen=True, slots=True)
class Begun:
    """A phone that is awaited; its pairing code is shown now, and never again."""

    method: int
    code: str = field(repr=False)
    ends_at: datetime


class Paired(msgspec.Struct, frozen=True):
    """A phone that joined, and its token, given this once."""

    phone: Phone
    token: str

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "token")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An enrolment as its owner sees it; `number` and `device` are there once the phone came."""

    method: Method
    state: Literal["waiting", "paired", "active", "over"]
    ends_at: datetime
    number: str = field(default="", repr=False)
    device: str = ""


def begin(
    work: Work, account: int, name: str, visitor: Visitor, owner: str, policy: Policy
) -> Begun | Full:
    """Begin to bind a phone; `owner` is how the account is named on it."""
    method, code = work.new_id(), pairing.draw(work.chance)
    details = Details("", owner, visitor.device_mark, visitor.country)
    sealed = binding.seal_begun(work, account, method, details)
    begun = methods.begin(work, account, method, New(KIND, name, sealed, None), policy.most)
    if isinstance(begun, Full):
        return begun
    store.begin(work, method, account, pairing.mac(work.keys, code))
    return Begun(method, pairing.grouped(code), work.now + _WAITS.pending)


def pair(
    work: Work, code: str, public_key: bytes, reach: Reach | None, visitor: Visitor
) -> Paired | Refused:
    """Take the phone that came with a pairing code: of any number with one code one is taken.

    That it holds its key was shown before, by a signature over the code and the key.
    """
    awaited = store.awaited(work, pairing.mac(work.keys, code))
    if awaited is None:
        return Refused(Reason.CODE_WRONG)
    number, account, is_free = awaited
    method = methods.find(work, account, number)
    if method is None or work.now >= method.created_at + _WAITS.pending:
        return Refused(Reason.CODE_EXPIRED)
    if not is_free or method.state is not methods.State.PENDING:
        return Refused(Reason.CODE_USED)
    details = binding.begun_of(work.keys, account, number, method.sealed)
    if details is None:
        return Refused(Reason.CODE_EXPIRED)
    token, secret = binding.draw_token(work, number)
    phone = Phone(
        method=number,
        account=account,
        name=method.name,
        is_active=False,
        public_key=public_key,
        secret=secret,
        subscription=binding.seal_reach(work, account, number, reach),
    )
    store.pair(work, phone)
    _ask(work, phone, replace(details, phone=visitor.device_mark), method)
    return Paired(phone, token)


def look(work: Work, account: int, method: int) -> Enrolment | None:
    """Return how far an enrolment is, for its owner; None where there is no such phone."""
    found = methods.find(work, account, method)
    if found is None or found.kind != KIND:
        return None
    ends_at = found.created_at + _WAITS.pending
    if found.state is methods.State.ACTIVE:
        return Enrolment(found, "active", ends_at)
    ask = store.enrolling(work, account, method)
    if work.now >= ends_at or (ask is not None and ask.state is not State.WAITING):
        return Enrolment(found, "over", ends_at)
    details = binding.details_of(work.keys, ask) if ask else None
    if details is None:
        return Enrolment(found, "waiting", ends_at)
    return Enrolment(found, "paired", ends_at, details.number, details.phone)


def _ask(work: Work, phone: Phone, details: Details, method: Method) -> None:
    """Ask the new phone for the number that its owner sees; six digits, typed this once."""
    number = work.new_id()
    numbered = replace(details, number=chances.digits(work.chance, STRONG_DIGITS))
    new = Ask(
        id=number,
        account=phone.account,
        flow=phone.method,
        purpose=ENROLMENT,
        method=phone.method,
        lane=0,
        state=State.WAITING,
        is_held=False,
        digits=STRONG_DIGITS,
        tries=0,
        nonce=work.chance.octets(NONCE_BYTES),
        sealed=binding.seal_details(work, number, numbered),
        ends_at=method.created_at + _WAITS.pending,
        decided_at=None,
        decided_by=0,
        is_reported=False,
        message=0,
    )
    store.add(work, new, counts=True)
