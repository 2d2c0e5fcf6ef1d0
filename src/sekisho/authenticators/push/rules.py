"""Push as values: phones, asks, and what becomes of an ask. Knows no store.

    WAITING -- the number typed and signed --> APPROVED -- its flow takes it --> USED
    WAITING, APPROVED -- "no, it's not me" --> DENIED
    WAITING, APPROVED -- a newer ask takes its place --> CANCELLED
    WAITING -- a wrong number too often --> FAILED

Expiry is a matter of time and never kept. DENIED, USED, CANCELLED and FAILED never change; of an
approval and a denial that race the denial wins, whichever was first (attack 049).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Literal, assert_never

import msgspec

from sekisho.ground import ids
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.showing import shown

KIND = "push"
APP = "/app"  # where the phone's page is
ENROLMENT = 0  # the purpose of the ask that confirms a phone; those of flows begin at 1
STRONG_DIGITS = 6  # NIST SP 800-63B-4 §3.1.3.2: fewer are no out-of-band secret of AAL2
KEY_BYTES = 65  # an uncompressed point of P-256, SEC 1 §2.3.3
SIGNATURE_BYTES = 64  # r and s, as WebCrypto writes them
NONCE_BYTES = 16


class State(IntEnum):
    """Where an ask stands; the numbers stand in the store."""

    WAITING = 0
    APPROVED = 1
    DENIED = 2
    CANCELLED = 3
    USED = 4
    FAILED = 5

    @property
    def word(self) -> str:
        """Return the name at the edge."""
        return self.name.lower()


class Decision(StrEnum):
    """What a phone may say to an ask; `report` is said of one that was denied."""

    APPROVE = "approve"
    DENY = "deny"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Policy:
    """What asks follow; the settings `push`."""

    digits: Literal[2, 6] = 2
    lives: timedelta = timedelta(minutes=5)  # spec M4
    hour: int = 3  # without success, attack 046
    day: int = 10
    tries: int = 3  # numbers that one ask takes: two digits are guessed in 1 of 33
    pause: timedelta = timedelta(seconds=30)  # before the next ask of the same flow
    most: int = 5  # phones of one account


class Phone(msgspec.Struct, frozen=True):
    """A phone as the store has it: its method, its public key, the MAC of its token."""

    method: int
    account: int
    name: str
    is_active: bool
    public_key: bytes
    secret: bytes
    subscription: bytes | None

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "secret", "subscription")


class Ask(msgspec.Struct, frozen=True):
    """One question to the phones of an account: to all of them, or to `method` alone.

    `flow` is the flow that asked, of an enrolment the method. `is_held` says that a limit kept it
    from every phone. `is_live` says that the flow still waits for this very ask.
    """

    id: int
    account: int
    flow: int
    purpose: int
    method: int
    lane: int
    state: State
    is_held: bool
    digits: int
    tries: int
    nonce: bytes
    sealed: bytes
    ends_at: datetime
    decided_at: datetime | None
    decided_by: int
    is_reported: bool
    message: int
    is_live: bool = True

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "sealed")

    @property
    def usable_until(self) -> datetime:
        """Return until when its flow may go on by it: as long again from when it was decided."""
        lives = self.ends_at - ids.drawn_at(self.id)
        return self.decided_at + lives if self.decided_at else self.ends_at


class Details(msgspec.Struct, frozen=True, array_like=True):
    """What an ask shows the phone, and the number, which it never does: sealed in its row."""

    number: str
    name: str  # whose account: as it was typed, or its sign-in name
    device: str  # the browser that asks, as `Visitor.device_mark` has it
    country: str | None
    act: str = ""
    phone: str = ""  # of an enrolment: the device that came as the phone

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "number", "name")


class Reach(msgspec.Struct, frozen=True, array_like=True):
    """Where a phone is reached: a push service's URL, and the keys to write to the phone (8291)."""

    endpoint: str
    public_key: bytes
    secret: bytes

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "endpoint", "secret")


def may_decide(ask: Ask | None, phone: Phone, policy: Policy, now: datetime) -> Refused | None:
    """Say why a phone's approval is not looked at, or None (attacks 047, 049)."""
    if ask is None or not is_for(ask, phone):
        return Refused(Reason.NOT_FOUND)
    match ask.state:
        case State.WAITING:
            return _may_approve(ask, policy, now)
        case State.FAILED:
            return Refused(Reason.TOO_MANY_TRIES, retry_at=max(ask.ends_at, soon(now)))
        case State.APPROVED | State.DENIED | State.CANCELLED | State.USED:
            return Refused(Reason.CODE_USED)
        case _:
            assert_never(ask.state)


def _may_approve(ask: Ask, policy: Policy, now: datetime) -> Refused | None:
    if now >= ask.ends_at:
        return Refused(Reason.CODE_EXPIRED)
    if not ask.is_live:
        return Refused(Reason.CODE_USED)
    if ask.tries >= policy.tries:
        return Refused(Reason.TOO_MANY_TRIES, retry_at=ask.ends_at)
    return None


def may_deny(ask: Ask | None, phone: Phone, now: datetime) -> Refused | None:
    """Say why a "no" is not taken, or None: it stops an approval that was not used yet too."""
    if ask is None or not is_for(ask, phone):
        return Refused(Reason.NOT_FOUND)
    match ask.state:
        case State.WAITING | State.APPROVED if now < ask.ends_at:
            return None
        case State.WAITING | State.APPROVED:
            return Refused(Reason.CODE_EXPIRED)
        case State.DENIED | State.CANCELLED | State.USED | State.FAILED:
            return Refused(Reason.CODE_USED)
        case _:
            assert_never(ask.state)


def may_report(ask: Ask | None, phone: Phone) -> Refused | None:
    """Say why an ask cannot be reported, or None: one that was denied can, once."""
    if ask is None or not is_for(ask, phone):
        return Refused(Reason.NOT_FOUND)
    if ask.state is not State.DENIED or ask.is_reported:
        return Refused(Reason.CODE_USED)
    return None


def may_use(ask: Ask | None, flow: int, now: datetime) -> Refused | None:
    """Say why a flow cannot go on by an ask, or None; an approval lives as long as an ask does.

    One that was held back looks like one that nobody answers.
    """
    if ask is None or ask.flow != flow:
        return Refused(Reason.NOT_FOUND)
    if ask.state in (State.APPROVED, State.WAITING) and now >= ask.usable_until:
        return Refused(Reason.CODE_EXPIRED)
    match ask.state:
        case State.APPROVED:
            return None
        case State.WAITING:
            return Refused(Reason.TOO_SOON, retry_at=soon(now))
        case State.FAILED:
            return Refused(Reason.TOO_MANY_TRIES, retry_at=soon(now))
        case State.DENIED | State.CANCELLED | State.USED:
            return Refused(Reason.CODE_USED)
        case _:
            assert_never(ask.state)


def is_for(ask: Ask, phone: Phone) -> bool:
    """Say whether this phone is asked: one of the account, active, or the one that is enrolled."""
    if ask.account != phone.account or ask.is_held:
        return False
    if ask.purpose == ENROLMENT:
        return ask.method == phone.method
    return phone.is_active and ask.method in (0, phone.method)


def proved_as(digits: int) -> str:
    """Return what a session says was proved: `push` of two digits counts for less (AAL)."""
    return f"{KIND}_{STRONG_DIGITS}" if digits >= STRONG_DIGITS else KIND


def soon(now: datetime) -> datetime:
    """Return the earliest time that a refusal may name: never now."""
    return now + timedelta(seconds=1)
