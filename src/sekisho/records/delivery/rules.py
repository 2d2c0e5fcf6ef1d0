"""Messages: their shapes, their states, and when one is tried again. Knows no SQL and no SMTP.

    waiting ──claimed──► claimed ──accepted──► handed over
       ▲                  │  │ └──refused────► dead
       └────deferred──────┘  └──its time over► expired (codes), dead (notices)
    waiting, claimed ──a newer code──► superseded;   a decoy ends as dropped

A claim is a lease: when its worker dies, the message is due again at the lease's end (spec D2).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Literal, assert_never

import msgspec

from sekisho.ground.showing import shown

# Tries after the first: soon at first, since a person waits before the screen (spec D2).
BACK_OFF = (
    timedelta(seconds=2),
    timedelta(seconds=5),
    timedelta(seconds=15),
    timedelta(seconds=45),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
)
JITTER_STEPS = 1000  # draws of `jitter` are below this; a wait is 0.8 to 1.2 times its length


class State(IntEnum):
    """Where a message stands; the numbers are what the store keeps."""

    WAITING = 0
    CLAIMED = 1
    HANDED_OVER = 2
    EXPIRED = 3
    SUPERSEDED = 4
    DEAD = 5
    DROPPED = 6

    @property
    def word(self) -> str:
        """The state as programs and people read it: `handed_over`."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Policy:
    """What an operator can set about delivery."""

    connections: int = 4  # mail connections at once; one slow server then stops no other mail
    batch: int = 50  # messages that one claim takes
    lease: timedelta = timedelta(seconds=60)
    notice_life: timedelta = timedelta(days=3)  # how long a notice is tried; a code has its own end
    kept: timedelta = timedelta(days=90)  # spec T1


class Letter(msgspec.Struct, frozen=True):
    """A message to one person. `ends_at` is the end of its code; notices have none.

    `facts` is what its template needs besides: words in the letter's language, or instants as
    microseconds, whose names end in `_at`. A decoy goes the same road and is never handed over.
    """

    kind: str
    to: str
    language: str
    zone: str
    account: int
    ends_at: datetime | None = None
    label: str | None = None
    code: str | None = None
    facts: Mapping[str, str | int] = {}
    is_decoy: bool = False
    channel: str = "email"

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "to", "code", "facts")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that one worker took; `attempts` tells its claim from later ones."""

    id: int
    kind: str
    channel: str
    label: str | None
    created_at: datetime
    ends_at: datetime | None
    attempts: int
    sealed: bytes = field(repr=False)
    claimed_at: datetime
    address: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as its channel wrote it; `raw` is what goes over the wire."""

    id: str
    kind: str
    channel: str
    sender: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    raw: bytes = field(repr=False)
    code: str | None = field(repr=False)
    label: str | None
    at: datetime
    language: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has it now; `reply` is what it said."""

    reply: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now: trying again may help. `is_unsure`: it may have arrived, for no answer came."""

    cause: str
    is_unsure: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """Never: trying again cannot help. `is_ours`: the address is not to blame."""

    cause: str
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Dropped:
    """A decoy came to the end of its road."""


@dataclass(frozen=True, slots=True)
class Released:
    """Not tried: its worker stops, and another may have it at once."""


@dataclass(frozen=True, slots=True)
class Late:
    """Not tried: its code had ended."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a gateway told later of a message: `delivered` or `bounced`, and why (spec D4)."""

    message: int
    word: Literal["delivered", "bounced"]
    detail: str


Outcome = Accepted | Deferred | Rejected | Dropped | Released | Late


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of a message: its state, when it is due if it waits, and what to remember."""

    state: State
    due_at: datetime
    word: str | None
    detail: str = ""


def judge(message: Claimed, outcome: Outcome, now: datetime, jitter: int, policy: Policy) -> Next:
    """Say what becomes of a claimed message; `jitter` is drawn below JITTER_STEPS."""
    match outcome:
        case Accepted(reply):
            return Next(State.HANDED_OVER, now, State.HANDED_OVER.word, reply)
        case Rejected(cause):
            return Next(State.DEAD, now, State.DEAD.word, cause)
        case Dropped():
            return Next(State.DROPPED, now, State.DROPPED.word)
        case Released():
            return Next(State.WAITING, now, None)
        case Late():
            return Next(State.EXPIRED, now, State.EXPIRED.word)
        case Deferred(cause):
            return _again(message, cause, now, now + back_off(message.attempts, jitter), policy)
        case _:
            assert_never(outcome)


def back_off(attempts: int, jitter: int) -> timedelta:
    """Return how long to wait after this many tries."""
    wait = BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
    return wait * (0.8 + 0.4 * jitter / JITTER_STEPS)


def is_late(message: Claimed, now: datetime) -> bool:
    """Say whether the message's code has ended; such a message is never sent (attack 028)."""
    return message.ends_at is not None and message.ends_at <= now


def _again(message: Claimed, cause: str, now: datetime, due_at: datetime, policy: Policy) -> Next:
    if message.ends_at is not None:
        if due_at >= message.ends_at:
            return Next(State.EXPIRED, now, State.EXPIRED.word, cause)
    elif due_at >= message.created_at + policy.notice_life:
        return Next(State.DEAD, now, State.DEAD.word, cause)
    return Next(State.WAITING, due_at, "deferred", cause)
