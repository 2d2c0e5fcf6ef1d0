"""Contacts as values: an account's verified addresses and phones, and those not yet proved.

pending --right code--> verified --removed--> removed (30 days) -> gone
pending --a day later--> gone
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from types import MappingProxyType

import msgspec

from sekisho.ground.addresses import EmailAddress
from sekisho.ground.phones import Phone
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.showing import shown

EMAIL, PHONE = "email", "phone"  # kinds of contacts
# The kind of authenticator that a code is, by the channel over which it goes (API.md, "A flow").
CODE_KINDS: Mapping[str, str] = MappingProxyType(
    {"email": "email_code", "sms": "sms_code", "voice": "voice_code"}
)
REMEMBERED = timedelta(days=30)  # a removed contact still hears of changes (attack 071)
PENDING = timedelta(days=1)
DOUBTED = timedelta(days=7)  # after a number changed its SIM or its carrier (attack 081)


class State(IntEnum):
    """Where a contact stands; the numbers are what the store keeps."""

    PENDING = 0
    VERIFIED = 1
    REMOVED = 2

    @property
    def word(self) -> str:
        """Return the name at the edge."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Policy:
    """How many contacts an account has at most (spec P1), and which phones may be some (P3).

    `channels` are those that reach phones here; without one there are no phones. `country` is what
    a number without its country is read in, `countries` are those that codes are sent to. Addresses
    of `refused_domains` are not taken (P4).
    """

    most: int = 10
    countries: frozenset[str] = frozenset({"JP"})
    country: str = "JP"
    channels: frozenset[str] = frozenset()
    refused_domains: frozenset[str] = frozenset()


class Found(msgspec.Struct, frozen=True):
    """A contact as the store has it; `contacts.opened` opens it.

    `is_name` says that it is a sign-in name; `flow` is the flow that verifies a pending one. Until
    `doubted_until` a code to this phone is not enough by itself (attack 081).
    """

    id: int
    account: int
    sealed: bytes
    blind: bytes
    state: State
    is_name: bool
    flow: int
    added_at: datetime
    verified_at: datetime | None
    removed_at: datetime | None
    kind: str = EMAIL
    doubted_until: datetime | None = None

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "sealed", "blind")


def is_refused(email: EmailAddress, policy: Policy) -> bool:
    """Say whether the operator takes no address of this domain, or of one above it (spec P4)."""
    if not policy.refused_domains:
        return False
    labels = email.domain.split(".")
    return any(".".join(labels[at:]) in policy.refused_domains for at in range(len(labels)))


def may_add(found: Sequence[Found], blind: bytes, policy: Policy) -> Refused | None:
    """Refuse an address that is there already, or one too many (spec P1)."""
    live = [one for one in found if one.state is not State.REMOVED]
    if any(one.blind == blind and one.state is State.VERIFIED for one in live):
        return Refused(Reason.ALREADY_THERE, pointer="/address", detail="already a contact")
    if len([one for one in live if one.blind != blind]) >= policy.most:
        return Refused(Reason.TOO_MANY_CONTACTS)
    return None


def may_remove(found: Sequence[Found], contact: Found) -> Refused | None:
    """Refuse to remove what the account still needs: its sign-in name, its last contact (P5)."""
    if contact.state is State.PENDING:
        return None
    others = [one for one in found if one.state is State.VERIFIED and one.id != contact.id]
    if contact.is_name or not others:
        return Refused(Reason.STILL_NEEDED)
    return None


def may_keep(phone: Phone, policy: Policy) -> Refused | None:
    """Refuse a phone that no code would be sent to: its country, or no channel reaches it."""
    if phone.country not in policy.countries:
        return unfit("country")
    if not channels_to(phone, policy):
        return unfit("no_calls")
    return None


def channels_to(reached: EmailAddress | Phone, policy: Policy) -> tuple[str, ...]:
    """Return the channels that codes can take to a contact, the usual one first (P3)."""
    if isinstance(reached, Phone):
        return tuple(channel for channel in reached.channels if channel in policy.channels)
    return (EMAIL,)


def channel_to(reached: EmailAddress | Phone, wished: str, policy: Policy) -> str | Refused:
    """Return the channel that a code takes: the one that is wished, or the usual one."""
    usable = channels_to(reached, policy)
    if not usable or (wished and wished not in usable):
        detail = f"one of: {', '.join(usable)}"
        return Refused(Reason.INVALID_INPUT, pointer="/channel", detail=detail)
    return wished or usable[0]


def unfit(flaw: str) -> Refused:
    """Refuse a number for what it is; people read `phone.<flaw>`."""
    return Refused(Reason.PHONE_UNFIT, pointer="/address", detail=flaw, flaw=flaw)


def doubt(changed_at: datetime | None, now: datetime, *, is_voip: bool) -> datetime | None:
    """Return until when a number is in doubt, None for one that is not.

    A VOIP line is for as long as it is seen to be one.
    """
    since = now if is_voip else changed_at
    if since is None or since + DOUBTED <= now:
        return None
    return min(since, now) + DOUBTED


def is_doubted(found: Found, now: datetime) -> bool:
    """Say whether a code to this contact must not be accepted alone (attack 081)."""
    return found.doubted_until is not None and now < found.doubted_until
