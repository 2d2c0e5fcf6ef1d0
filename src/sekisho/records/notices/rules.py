"""The table of notices: each kind, its letter, and whether it is critical."""

from dataclasses import dataclass
from enum import StrEnum


class Told(StrEnum):
    """What an owner is told of; the word is the letter's kind."""

    NEW_SIGN_IN = "new_sign_in"
    GUESSES_BLOCKED = "guesses_blocked"
    CODE_FLOOD = "code_flood"
    CONTACT_ADDED = "contact_added"
    CONTACT_REMOVED = "contact_removed"
    METHOD_ADDED = "method_added"
    METHOD_REMOVED = "method_removed"
    TWO_STEP_ON = "two_step_on"
    TWO_STEP_OFF = "two_step_off"
    SECOND_STEP_FAILED = "second_step_failed"
    TRUST_ENDED = "trust_ended"


@dataclass(frozen=True, slots=True)
class Notice:
    """How one kind is told."""

    is_critical: bool


NOTICES: dict[Told, Notice] = {
    Told.NEW_SIGN_IN: Notice(is_critical=True),
    Told.GUESSES_BLOCKED: Notice(is_critical=True),
    Told.CODE_FLOOD: Notice(is_critical=False),
    Told.CONTACT_ADDED: Notice(is_critical=True),
    Told.CONTACT_REMOVED: Notice(is_critical=True),
    Told.METHOD_ADDED: Notice(is_critical=True),
    Told.METHOD_REMOVED: Notice(is_critical=True),
    Told.TWO_STEP_ON: Notice(is_critical=True),
    Told.TWO_STEP_OFF: Notice(is_critical=True),
    Told.SECOND_STEP_FAILED: Notice(is_critical=True),
    Told.TRUST_ENDED: Notice(is_critical=True),
}
