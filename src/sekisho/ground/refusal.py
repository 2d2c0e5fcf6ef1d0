"""Every refusal of the service on one page (API.md, "Refusals"). A refusal is a value: it commits.

The sentence beside each is for developers; people read `refusal.<name>` of the catalogues.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

import msgspec


class Reason(StrEnum):
    """Why something was refused: the `code` of the problem, its HTTP status and its sentence."""

    status: int
    sentence: str

    def __new__(cls, code: str, status: int, sentence: str) -> Self:
        """Make a member whose text is `code`."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.status = status
        member.sentence = sentence
        return member

    # Codes
    CODE_WRONG = "code_wrong", 401, "The code is not the one that was sent."
    CODE_EARLIER = "code_earlier", 401, "An earlier code of this flow; use the newest."
    CODE_EXPIRED = "code_expired", 401, "The code's time is over; ask for a new one."
    CODE_USED = "code_used", 409, "The code was used already; it works once."
    TOO_MANY_TRIES = "too_many_tries", 429, "No more tries now; nothing was compared."
    # Limits
    TOO_SOON = "too_soon", 429, "A new code can be asked for at `retry_at`."
    TOO_MANY_REQUESTS = "too_many_requests", 429, "A limit was reached; try again at `retry_at`."
    # Flows
    FLOW_EXPIRED = "flow_expired", 410, "The flow's time is over; start a new one."
    FLOW_UNKNOWN = "flow_unknown", 404, "No such flow, or the `Sekisho-Flow` header is not its own."
    OPTION_UNKNOWN = "option_unknown", 422, "The option is not one that this flow offered."
    # Requests
    INVALID_INPUT = "invalid_input", 422, "The request is not of the documented shape."
    TOO_LARGE = "too_large", 413, "The body is larger than this service reads."
    METHOD_NOT_ALLOWED = "method_not_allowed", 405, "This address takes others: see `Allow`."
    NOT_FOUND = "not_found", 404, "There is nothing here, or it belongs to somebody else."
    WRONG_HOST = (
        "wrong_host",
        421,
        "The request names a host that this service does not answer for.",
    )
    CROSS_SITE = "cross_site", 403, "A form came from another site, or without its token."
    # Sessions
    NOT_SIGNED_IN = "not_signed_in", 401, "No session, or one that has ended."
    PROVE_MORE = "prove_more", 401, "The session must prove more for this act."
    # Security info
    ALREADY_THERE = "already_there", 409, "The account has this already."
    TOO_MANY_CONTACTS = "too_many_contacts", 409, "The account has as many contacts as it may."
    TOO_MANY_METHODS = "too_many_methods", 409, "The account has as many methods of this kind."
    NOTHING_TO_PROVE = "nothing_to_prove", 409, "Add a method and a spare for it first."
    PHONE_UNFIT = "phone_unfit", 422, "No code can go to this number; `errors` says why."
    ADDRESS_REFUSED = "address_refused", 422, "Addresses of this domain are not taken here."
    STILL_NEEDED = "still_needed", 409, "The account still needs this; add another first."
    # Passkeys and passwords
    PASSKEY_WRONG = "passkey_wrong", 401, "The answer is none to this challenge, or of no passkey."
    PASSKEY_EXPIRED = "passkey_expired", 401, "The challenge's time is over; ask for a new one."
    PASSKEY_USED = "passkey_used", 409, "The challenge was answered already; it works once."
    PASSKEY_TAKEN = "passkey_taken", 409, "The passkey belongs to an account already."
    PASSKEYS_NOT_HERE = "passkeys_not_here", 409, "Passkeys want https, or localhost."
    PASSWORD_UNFIT = "password_unfit", 422, "The password is not taken; `errors` says why."
    PASSWORD_SHORT = "password_short", 409, "The password is too short to stand alone."
    PASSWORD_NEEDED = "password_needed", 409, "Add a passkey or an authenticator app first."
    # The service
    UNAVAILABLE = "unavailable", 503, "The service cannot keep what it does now; nothing was done."


class Refused(msgspec.Struct, frozen=True):
    """A refusal and what its reader can act on.

    `retry_at` is when trying again may help, `left` how many tries are left, `label` and
    `sent_at` name the newest code, `pointer` and `detail` the part of the input that is
    wrong; `language` is the flow's, where it has one; `act` is what a `purpose` must prove;
    `flaw` says why a password or a phone number is not taken, and `bounds` how short and how long
    a password may be; `kind` is that of the method which was tried, where it is no sent code;
    `clock_ahead` is how far a phone's clock seems to be ahead, for who enrols its app alone.
    """

    reason: Reason
    retry_at: datetime | None = None
    left: int | None = None
    label: str | None = None
    sent_at: datetime | None = None
    pointer: str | None = None
    detail: str | None = None
    language: str | None = None
    act: str | None = None
    purpose: str = "step_up"
    flaw: str | None = None
    bounds: tuple[int, int] | None = None
    kind: str = ""
    clock_ahead: timedelta | None = None
