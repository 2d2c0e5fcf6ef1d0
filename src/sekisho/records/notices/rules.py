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
}
