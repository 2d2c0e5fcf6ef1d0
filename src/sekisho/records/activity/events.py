"""Every event on one page (spec A1): its word, its number in the store, its outcome, its sentence.

A new event is one line here and `event.<word>` in each catalogue. Numbers are never used again.
"""

from enum import StrEnum
from typing import Self

import msgspec

from sekisho.ground.visitor import Visitor


class Kind(StrEnum):
    """What happened: word, number, outcome and the sentence for developers."""

    number: int
    outcome: str
    sentence: str

    def __new__(cls, word: str, number: int, outcome: str, sentence: str) -> Self:
        """Make a member whose text is `word`."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.number = number
        member.outcome = outcome
        member.sentence = sentence
        return member

    CODE_ASKED = "code_asked", 1, "sent", "A code was asked for and sent."
    CODE_HELD_BACK = (
        "code_held_back",
        2,
        "held_back",
        "A code was asked for; a flood limit held it.",
    )
    CODE_WRONG = "code_wrong", 3, "refused", "A wrong code was typed."
    CODE_EARLIER = "code_earlier", 4, "refused", "An earlier code of the same flow was typed."
    CODE_UNREADABLE = "code_unreadable", 5, "refused", "What was typed holds no code."
    TRIES_REFUSED = (
        "tries_refused",
        6,
        "refused",
        "A code was typed but not compared: no tries left.",
    )
    SIGNED_IN = "signed_in", 7, "passed", "Somebody signed in."
    ACCOUNT_CREATED = "account_created", 8, "passed", "The account was made."
    SIGNED_OUT = "signed_out", 9, "done", "A session was ended by its holder."
    SESSION_ENDED = "session_ended", 10, "done", "A session was ended from another one."
    SESSIONS_ENDED = "sessions_ended", 11, "done", "All sessions were ended (sign out everywhere)."
    NOTICE_SENT = "notice_sent", 12, "sent", "A security notice was sent."
    STEPPED_UP = "stepped_up", 14, "passed", "Who is signed in proved again who he is, for one act."
    CONTACT_PROPOSED = "contact_proposed", 15, "asked", "A contact was added, not yet proved."
    CONTACT_ADDED = "contact_added", 16, "done", "A contact was proved and counts from now on."
    CONTACT_REMOVED = "contact_removed", 17, "done", "A contact was removed."
    FIRST_PROOF = "first_proof", 18, "passed", "A first proof was right; a second one is wanted."
    METHOD_ADDED = "method_added", 19, "done", "A method was added and proved."
    METHOD_REMOVED = "method_removed", 20, "done", "A method was removed."
    TWO_STEP_ON = "two_step_on", 21, "done", "Two-step verification was turned on."
    TWO_STEP_OFF = "two_step_off", 22, "done", "Two-step verification was turned off."
    METHOD_RENAMED = "method_renamed", 23, "done", "A method was given another name."
    PASSWORD_CHANGED = "password_changed", 24, "done", "The password was changed."
    TRUST_GIVEN = "trust_given", 30, "done", "A browser is trusted from now on: no second step."
    TRUST_ENDED = (
        "trust_ended",
        31,
        "refused",
        "An old copy of a trusted browser's token came back.",
    )
    DEVICE_REMOVED = "device_removed", 32, "done", "Browsers were removed from the list."
    NOTICES_CHOSEN = "notices_chosen", 40, "done", "Notices were turned off or on."
    PUSH_ASKED = "push_asked", 41, "sent", "The phones were asked to approve."
    PUSH_HELD_BACK = (
        "push_held_back",
        42,
        "held_back",
        "The phones were to be asked; a limit held it.",
    )
    PUSH_APPROVED = "push_approved", 43, "passed", "A phone approved, with the number typed on it."
    PUSH_NUMBER_WRONG = "push_number_wrong", 44, "refused", "A phone was given a wrong number."
    PUSH_DENIED = "push_denied", 45, "refused", "A phone said that it was not its owner who asked."
    PUSH_REPORTED = "push_reported", 46, "done", "An ask that was denied was reported."
    TEST_SENT = "test_sent", 50, "sent", "A test message was sent to a contact."
    CONTACTS_CONFIRMED = (
        "contacts_confirmed",
        51,
        "done",
        "The owner said that the contacts are still right.",
    )
    SECOND_STEP_TRIED = "second_step_tried", 52, "passed", "The second step was tried, and works."
    ACCOUNT_REOPENED = "account_reopened", 13, "done", "An operator opened closed lanes again."


NOBODY = "nobody"  # the reason of what was to be sent and reached nobody: nothing went out
KINDS = {kind.value: (kind.number, kind.sentence) for kind in Kind}


class Event(msgspec.Struct, frozen=True):
    """One thing that happened to an account (or to the stand-in of an unknown name)."""

    kind: Kind
    account: int
    visitor: Visitor
    label: str | None = None
    reasons: tuple[str, ...] = ()
