"""The table of notices: each kind, whom it reaches by which channel, and whether it is critical.

A critical one tells that somebody else may be inside, or changed how one gets in: who is inside
must not be able to silence it, so nobody can (spec N2, attack 071).
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, StrEnum, auto


class Told(StrEnum):
    """What an owner is told of; the word is the letter's kind."""

    NEW_SIGN_IN = "new_sign_in"
    GUESSES_BLOCKED = "guesses_blocked"
    CODE_FLOOD = "code_flood"
    CONTACT_ADDED = "contact_added"
    CONTACT_REMOVED = "contact_removed"
    METHOD_ADDED = "method_added"
    METHOD_REMOVED = "method_removed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # a kind of notice
    TWO_STEP_ON = "two_step_on"
    TWO_STEP_OFF = "two_step_off"
    SECOND_STEP_FAILED = "second_step_failed"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODE_TYPED = "recovery_code_typed"
    TRUST_ENDED = "trust_ended"
    PUSH_BLOCKED = "push_blocked"
    PUSH_DENIED = "push_denied"


class Reach(Enum):
    """Whom a notice reaches.

    EVERY: every address of the account, and those removed in the last 30 days; never only one that
    was just added. NAME: the contact that was named, alone: what strangers set off costs the same
    for a name without an account (spec C11).
    """

    EVERY = auto()
    NAME = auto()


@dataclass(frozen=True, slots=True)
class Notice:
    """How one kind is told."""

    is_critical: bool
    reach: Reach = Reach.EVERY
    channels: tuple[str, ...] = ("email",)


_AS_CODES = ("email", "sms", "voice")  # the digest goes where the codes would have gone
NOTICES: dict[Told, Notice] = {
    Told.NEW_SIGN_IN: Notice(is_critical=True),
    Told.GUESSES_BLOCKED: Notice(is_critical=True, reach=Reach.NAME),
    Told.CODE_FLOOD: Notice(is_critical=False, reach=Reach.NAME, channels=_AS_CODES),
    Told.CONTACT_ADDED: Notice(is_critical=True),
    Told.CONTACT_REMOVED: Notice(is_critical=True),
    Told.METHOD_ADDED: Notice(is_critical=True),
    Told.METHOD_REMOVED: Notice(is_critical=True),
    Told.PASSWORD_CHANGED: Notice(is_critical=True),
    Told.TWO_STEP_ON: Notice(is_critical=True),
    Told.TWO_STEP_OFF: Notice(is_critical=True),
    Told.SECOND_STEP_FAILED: Notice(is_critical=True),
    Told.RECOVERY_CODE_USED: Notice(is_critical=True),
    Told.RECOVERY_CODE_TYPED: Notice(is_critical=True),
    Told.TRUST_ENDED: Notice(is_critical=True),
    Told.PUSH_BLOCKED: Notice(is_critical=True),
    Told.PUSH_DENIED: Notice(is_critical=True),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the table as an owner sees it."""

    told: Told
    channel: str
    is_critical: bool
    is_on: bool


def choices(off: Collection[tuple[str, str]]) -> tuple[Choice, ...]:
    """Return every kind by every channel of it; `off` are those that were turned off."""
    return tuple(
        Choice(told, channel, notice.is_critical, is_sent(told, channel, off))
        for told, notice in NOTICES.items()
        for channel in notice.channels
    )


def is_sent(told: Told, channel: str, off: Collection[tuple[str, str]]) -> bool:
    """Say whether a kind is sent by a channel; a critical one is, whatever the store says.

    # Threat: 071, a row that should not be there silences nobody
    (test_a_critical_notice_is_sent_whatever_the_store_says).
    """
    return NOTICES[told].is_critical or (told.value, channel) not in off


def is_kind(kind: str, channel: str) -> bool:
    """Say whether there is such a kind of notice, by this channel."""
    return any(one.value == kind and channel in notice.channels for one, notice in NOTICES.items())


def may_turn_off(kind: str, channel: str) -> bool:
    """Say whether an owner may turn a kind off by this channel."""
    return is_kind(kind, channel) and not NOTICES[Told(kind)].is_critical
