"""Signing in as values: what is asked, what is answered, who a name stands for."""

from dataclasses import dataclass

import msgspec

from sekisho.authenticators import rules as authenticators
from sekisho.ground import addresses, phones
from sekisho.ground.addresses import EmailAddress
from sekisho.ground.showing import shown
from sekisho.records.contacts import rules as contacts
from sekisho.records.sessions import rules as sessions
from sekisho.records.trust import rules as trust

_DIALLED = "+0123456789"


@dataclass(frozen=True, slots=True)
class Policy(authenticators.Policy):
    """The policies that a sign-in needs, and whether unknown addresses may make accounts."""

    sessions: sessions.Policy
    trust: trust.Policy
    contacts: contacts.Policy
    is_sign_up_open: bool
    zone: str


class Name(msgspec.Struct, frozen=True):
    """What was typed as a name: an address, or a phone number, nobody's in this release."""

    text: str
    email: EmailAddress | None

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "text", "email")


class SignedIn(msgspec.Struct, frozen=True):
    """A session that was given, and whether the account was made with it."""

    started: sessions.Started
    is_new_account: bool
    recovery_code: str | None = None  # the one that takes the place of the one just used
    trust: str = ""  # the newest token of a browser that is trusted

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "recovery_code", "trust")


class Proved(msgspec.Struct, frozen=True):
    """A flow for a new password that was passed: it may be set once, and gives no session (V5)."""

    account: int
    recovery_code: str | None = None

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "recovery_code")


def read_name(text: str) -> Name | None:
    """Return the address or phone number in what was typed, else None."""
    email = addresses.parse_email(text)
    if email is not None:
        return Name(addresses.canonical(email), email)
    phone = addresses.plain_phone(text)
    if phone is not None:
        return Name("".join(sign for sign in phone if sign in _DIALLED), None)
    return None


def may_sign_up(policy: Policy, email: EmailAddress | None) -> bool:
    """Say whether an address without an account makes one; some domains are not taken (P4)."""
    if email is None or not policy.is_sign_up_open:
        return False
    return not contacts.is_refused(email, policy.contacts)


def hint_of(name: Name) -> str:
    """Return the hint of the option for what was typed."""
    return addresses.hint(name.email) if name.email else phones.hint(name.text)
