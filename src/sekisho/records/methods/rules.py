"""A method: one registered way to prove who one is, whatever its kind. Values only.

    begun -> PENDING -- proved once, within ten minutes --> ACTIVE -- removed --> REMOVED
             PENDING -- a newer one of its kind is begun, or it is removed --> gone

Of each kind an account has one pending and at most so many active ones. What an account can prove
is read from its active methods at that moment and stands in no column (attack 044).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import assert_never

from sekisho.ground.refusal import Reason, Refused

LONGEST_NAME = 60  # signs of the name that a person gives a method
MOST_FAILURES = 32_000  # where the count in a row stands still; the column ends at 32,767


class State(IntEnum):
    """Where a method is in its life; the numbers stand in the store."""

    PENDING = 0
    ACTIVE = 1
    REMOVED = 2


@dataclass(frozen=True, slots=True)
class Policy:
    """How long methods wait and stay, and when failures are told."""

    pending: timedelta = timedelta(minutes=10)  # spec P1
    pending_tries: int = 5  # wrong answers that one enrolment takes, spec C6
    kept: timedelta = timedelta(days=30)  # a removed one, for notices (spec N3)
    told_at: tuple[int, ...] = (5, 20, 50)  # failures in a row that the owner hears of, attack 033
    most_in_a_row: int = 100  # NIST SP 800-63B-4 §3.2.2


@dataclass(frozen=True, slots=True)
class Method:
    """A method as the store has it.

    `sealed` is its secret, sealed or as a MAC; `public` what its kind keeps beside; `counter` the
    last step or sign count or the number of uses; `failures` the tries since the last right answer.
    """

    id: int
    account: int
    kind: str
    name: str
    state: State
    sealed: bytes = field(repr=False)
    public: bytes | None = field(repr=False)
    counter: int
    failures: int
    created_at: datetime
    confirmed_at: datetime | None = None
    last_used_at: datetime | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class New:
    """What a kind says of a method that begins."""

    kind: str
    name: str
    sealed: bytes = field(repr=False)
    public: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Used:
    """What a right answer leaves: the counter that it consumed, and what the kind keeps beside.

    A first one may also bring the secret itself (a password), or a name (a passkey's product).
    """

    counter: int
    public: bytes | None = field(repr=False)
    sealed: bytes | None = field(default=None, repr=False)
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Full:
    """No more of this kind: the account has `most`; remove one first."""

    kind: str
    most: int


@dataclass(frozen=True, slots=True)
class Tried:
    """A try that is counted: the how-manieth since the last right answer.

    `is_told` says that the owner hears of it if it is wrong.
    """

    in_a_row: int
    is_told: bool


def may_add(held: Sequence[Method], kind: str, most: int) -> Full | None:
    """Say whether an account that holds these methods may have one more of a kind active."""
    active = sum(one.kind == kind and one.state is State.ACTIVE for one in held)
    return Full(kind, most) if active >= most else None


def may_try(method: Method, policy: Policy, now: datetime) -> Refused | None:
    """Say why nothing may be compared with a method, or None; lanes are the limits' matter."""
    match method.state:
        case State.REMOVED:
            return Refused(Reason.NOT_FOUND)
        case State.PENDING if now >= method.created_at + policy.pending:
            return Refused(Reason.FLOW_EXPIRED)
        case State.PENDING if method.failures >= policy.pending_tries:
            return Refused(Reason.TOO_MANY_TRIES, retry_at=now)  # beginning anew needs no wait
        case State.PENDING | State.ACTIVE:
            return None
        case _:
            assert_never(method.state)


def may_confirm(method: Method | None, policy: Policy, now: datetime) -> Refused | None:
    """Say why a method cannot become active, or None; a second confirmation is a used code."""
    if method is None:
        return Refused(Reason.NOT_FOUND)
    if method.state is State.ACTIVE:
        return Refused(Reason.CODE_USED)
    if method.state is State.PENDING and now < method.created_at + policy.pending:
        return None
    return may_try(method, policy, now)


def confirmed(method: Method, used: Used, now: datetime) -> Method:
    """Return a pending method after its first right answer."""
    return replace(
        method,
        state=State.ACTIVE,
        name=method.name if used.name is None else used.name,
        sealed=method.sealed if used.sealed is None else used.sealed,
        counter=used.counter,
        public=used.public,
        failures=0,
        confirmed_at=now,
    )


def tried(method: Method, policy: Policy) -> Tried:
    """Return the count that a try makes of the failures in a row."""
    in_a_row = min(method.failures + 1, MOST_FAILURES)
    return Tried(in_a_row, method.state is State.ACTIVE and in_a_row in policy.told_at)


def is_open_to_strangers(method: Method, policy: Policy) -> bool:
    """Say whether strangers may still try: a hundred in a row close it to them (attack 033).

    A familiar browser has a row of its own in its lane (spec C6), so that no stranger's failures
    shut the owner out (F2); the owner's next right answer opens it again.
    """
    return method.failures < policy.most_in_a_row


def read_name(typed: str) -> str | None:
    """Return a method's name as it is kept, or None when it is empty, too long or no text."""
    name = " ".join(unicodedata.normalize("NFC", typed[: 10 * LONGEST_NAME]).split())
    is_text = all(unicodedata.category(sign) not in ("Cc", "Cs", "Cn", "Co") for sign in name)
    return name if is_text and 0 < len(name) <= LONGEST_NAME else None
