"""Contacts as values: an account's verified addresses, and those that wait for their code.

pending --right code--> verified --removed--> removed (30 days) -> gone
pending --a day later--> gone
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

import msgspec

from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.showing import shown

REMEMBERED = timedelta(days=30)  # a removed contact still hears of changes (attack 071)
PENDING = timedelta(days=1)


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
    """How many contacts an account has at most (spec P1)."""

    most: int = 10


class Found(msgspec.Struct, frozen=True):
    """A contact as the store has it; `contacts.address` opens it.

    `is_name` says that it is a sign-in name; `flow` is the flow that verifies a pending one.
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

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "sealed", "blind")


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
