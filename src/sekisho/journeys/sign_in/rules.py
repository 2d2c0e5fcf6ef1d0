"""Signing in as values: what is asked, what is answered, who a name stands for."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from sekisho.ground import addresses
from sekisho.ground.addresses import EmailAddress
from sekisho.ground.showing import shown
from sekisho.records.flows import rules as flows
from sekisho.records.limits import rules as limits
from sekisho.records.sessions import rules as sessions

KIND = "email_code"  # the one kind that this release offers (spec M1)


@dataclass(frozen=True, slots=True)
class Policy:
    """The policies that a sign-in needs, and whether unknown addresses may make accounts."""

    flows: flows.Policy
    limits: limits.Policy
    sessions: sessions.Policy
    is_sign_up_open: bool
    zone: str


class Name(msgspec.Struct, frozen=True):
    """What was typed as a name: an address, or a phone number, nobody's in this release."""

    text: str
    email: EmailAddress | None

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "text", "email")


class Option(msgspec.Struct, frozen=True):
    """A way on: its id in this flow, its kind, and the hint of what the asker typed (P2)."""

    id: str
    kind: str
    hint: str | None


class Begun(msgspec.Struct, frozen=True):
    """A flow that was begun, with the secret that is given once."""

    ticket: flows.Ticket
    secret: str
    options: tuple[Option, ...]
    ends_at: datetime

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "secret")


class Asked(msgspec.Struct, frozen=True):
    """A code that was asked for, the same for known and unknown names."""

    flow: flows.Flow
    resends_left: int
    is_familiar: bool


@dataclass(frozen=True, slots=True)
class Status:
    """A flow as its holder sees it; `asked` is None until a code was asked for."""

    ticket: flows.Ticket
    state: flows.State
    ends_at: datetime
    options: tuple[Option, ...]
    challenge: flows.Challenge | None
    resends_left: int
    is_familiar: bool


class SignedIn(msgspec.Struct, frozen=True):
    """A session that was given, and whether the account was made with it."""

    started: sessions.Started
    is_new_account: bool


def read_name(text: str) -> Name | None:
    """Return the address or phone number in what was typed, else None."""
    email = addresses.parse_email(text)
    if email is not None:
        return Name(addresses.canonical(email), email)
    if addresses.looks_like_phone(text):
        return Name(text, None)
    return None


def hint_of(name: Name) -> str | None:
    """Return the hint of the option for what was typed; a phone has none in this release."""
    return addresses.hint(name.email) if name.email else None
