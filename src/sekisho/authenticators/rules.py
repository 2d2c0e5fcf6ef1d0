"""What is asked for, answered and judged, whatever its kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

import msgspec

from sekisho.ground.showing import shown
from sekisho.ground.visitor import Visitor
from sekisho.records.flows import rules as flows
from sekisho.records.limits import rules as limits
from sekisho.records.sessions import rules as sessions
from sekisho.records.spending import rules as spending

CODE_KIND = "email_code"
# What is sent: one kind of authenticator over three channels (API.md).
CODES = {"email": "email_code", "sms": "sms_code", "voice": "voice_code"}


class Verdict(Enum):
    """What comparing an answer found."""

    RIGHT = auto()
    EARLIER = auto()
    WRONG = auto()
    UNREADABLE = auto()


class Material(msgspec.Struct, frozen=True):
    """What an answer is compared with: read with the charge, compared with nothing open.

    `expected` is the newest challenge's MAC, `earlier` those of the flow's voided ones by number.
    `held` is what a kind loaded of a method, None where there is no such method.
    """

    purpose: int
    subject: int
    flow: int
    challenge: int
    digits: int
    expected: bytes
    earlier: tuple[tuple[int, bytes], ...]
    held: object = None
    now: datetime | None = None

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "expected", "earlier", "held")


@dataclass(frozen=True, slots=True)
class Means:
    """What proving needs beside the store: `own` is what each kind takes, known to it alone.

    `kinds` are those that the service offers, in the order shown.
    """

    own: Mapping[str, object]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What every proof follows."""

    flows: flows.Policy
    limits: limits.Policy
    means: Means
    costs: spending.Policy = field(default_factory=spending.Policy, kw_only=True)


class Option(msgspec.Struct, frozen=True):
    """A way on: its id in this flow, its kind, and the hint of where a code would go (P2)."""

    id: str
    kind: str
    hint: str | None


class Given(msgspec.Struct, frozen=True):
    """An answer as it came: in which field, and its text; None for what is no text, or not alone.

    `trusts` says that this browser shall be trusted (spec S2).
    """

    text: str | None
    field: str = "code"
    trusts: bool = False

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "text")


class Ask(msgspec.Struct, frozen=True):
    """A request for a code: by which option, confirmed how where the option has no hint.

    `is_again` asks for the newest code once more, wherever that went.
    """

    option: str
    confirm: str | None = None
    is_again: bool = False

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "confirm")


class Approval(msgspec.Struct, frozen=True):
    """What is shown to who waits for a phone: the number to type there, and how it stands.

    `state` is `waiting`, `approved`, `denied` or `over`; `again_at` is when it may be asked again.
    """

    number: str
    state: str
    again_at: datetime

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "number")


class Asked(msgspec.Struct, frozen=True):
    """A code that was asked for, the same for known and unknown names.

    `is_grown` says that it is the day's first long one: strangers' guesses ran out (attack 001).
    """

    flow: flows.Flow
    resends_left: int
    is_familiar: bool
    is_grown: bool = False
    kind: str = CODE_KIND
    public_key: Mapping[str, object] | None = None
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """What a flow is begun for: a name to sign in by, or an act of a session that is proved.

    `name` is None where none was given: a passkey says whose it is.
    """

    name: str | None = field(default=None, repr=False)
    act: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    account: int = 0
    session: int = 0


class Begun(msgspec.Struct, frozen=True):
    """A flow that was begun, with the secret that is given once."""

    ticket: flows.Ticket
    secret: str
    options: tuple[Option, ...]
    ends_at: datetime

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "secret")


@dataclass(frozen=True, slots=True)
class Status:
    """A flow as its holder sees it; `challenge` is None until a code was asked for."""

    ticket: flows.Ticket
    state: flows.State
    ends_at: datetime
    options: tuple[Option, ...]
    challenge: flows.Challenge | None
    resends_left: int
    is_familiar: bool
    kind: str = CODE_KIND
    proved: tuple[str, ...] = ()
    public_key: Mapping[str, object] | None = None  # what a browser is asked with, for a passkey
    approval: Approval | None = None  # where a phone is waited for
    last: tuple[str, ...] = ()  # what this browser proved when it last signed in


@dataclass(frozen=True, slots=True)
class Passed:
    """A flow that was passed: a session where it gives one, else a proof for its act."""

    account: int
    started: sessions.Started | None = None
    ends_at: datetime | None = None
    recovery_code: str | None = field(default=None, repr=False)
    trust: str = field(default="", repr=False)  # the token of a browser that is trusted now


@dataclass(frozen=True, slots=True)
class More:
    """A right answer that is not enough: these are the ways on (spec M10)."""

    options: tuple[Option, ...]


class Asker(msgspec.Struct, frozen=True):
    """Who asks for a code, and in which flow."""

    visitor: Visitor
    ticket: flows.Ticket


class Gathered(msgspec.Struct, frozen=True):
    """What the store knows of a flow and of who pays for it: `book` is the payer's, `flow` kept.

    What happens is told among the events of `tells`, or of the payer.
    """

    payer: int
    book: tuple[int, limits.Book]
    flow: flows.Flow | None
    lane: int
    tells: int | None = None


class Target(msgspec.Struct, frozen=True):
    """Whom a code is for and what its message says.

    `subject` is what the code is bound to; a decoy reaches nobody and does the same work (C11).
    `channel` is how the message goes: `email`, `sms` or `voice`.
    """

    subject: int
    account: int | None
    kind: str
    to: str
    is_decoy: bool = False
    facts: Mapping[str, str | int] = {}
    channel: str = "email"
    contact: int = 0  # which one, where the asker chose among several

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "to")
