"""Security info as values: its policy, the acts that need a step-up, what their parameters are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from sekisho.authenticators import rules as authenticators
from sekisho.authenticators.passkey import rules as passkey
from sekisho.authenticators.password import rules as password
from sekisho.authenticators.push import rules as push
from sekisho.ground import addresses, phones
from sekisho.ground.addresses import EmailAddress
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.showing import shown
from sekisho.records.checkups import rules as checkups
from sekisho.records.contacts import rules as contacts
from sekisho.records.methods import rules as methods
from sekisho.records.sessions import rules as sessions

ADD = "contacts.add"
REMOVE = "contacts.remove"
ADD_METHOD = "methods.add"
REMOVE_METHOD = "methods.remove"
TWO_STEP_ON = "two_step.on"
TWO_STEP_OFF = "two_step.off"
TRY_TWO_STEP = "two_step.try"
METHODS = ("passkey", "push", "totp", "password", "recovery_code")
NAMED = ("passkey", "push", "totp")  # an account may have several, told apart by name
DAILY = METHODS[:-1]  # those that can be a second step every day
_STRONG = ("passkey", "push", "totp")  # with one of these it does without a password (M8)
_ENOUGH = 2  # other ways beside a password that goes (M8)
ACTS: Mapping[str, frozenset[str]] = {
    ADD: frozenset({"kind", "address"}),  # a phone may have a country and a channel besides
    REMOVE: frozenset({"id"}),
    ADD_METHOD: frozenset({"kind", "name"}),
    REMOVE_METHOD: frozenset({"id"}),
    TWO_STEP_ON: frozenset(),
    TWO_STEP_OFF: frozenset(),
    TRY_TWO_STEP: frozenset(),
}
KINDS = (contacts.EMAIL, contacts.PHONE)
OF_PHONES = frozenset({"country", "channel"})
MOST_PARAMETER = 400  # signs of one; an address has at most 254


@dataclass(frozen=True, slots=True)
class Policy(authenticators.Policy):
    """What changes of security info follow."""

    sessions: sessions.Policy
    contacts: contacts.Policy
    zone: str
    service_name: str
    parties: passkey.Parties
    passkeys: passkey.Policy
    passwords: password.Policy
    pushes: push.Policy
    checkups: checkups.Policy


@dataclass(frozen=True, slots=True)
class Card:
    """A contact as its owner sees it; `channels` are those that codes can take to it."""

    contact: contacts.Found
    hint: str
    channels: tuple[str, ...] = ("email",)


@dataclass(frozen=True, slots=True)
class Proposed:
    """A contact that waits for its code, and the code that was sent to it."""

    card: Card
    asked: authenticators.Asked = field(repr=False)


class Enrolling(msgspec.Struct, frozen=True):
    """A method that waits for its first proof; what is secret of it is shown this once.

    A passkey has `public_key`, what browsers are asked, and `state`, which comes back with the
    answer; a password has its bounds.
    """

    method: int
    kind: str
    ends_at: datetime
    secret: str = ""
    uri: str = ""
    code: str = ""
    public_key: dict[str, object] | None = None
    state: str = ""
    bounds: tuple[int, int] | None = None

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "secret", "uri", "code", "public_key", "state")


class Given(msgspec.Struct, frozen=True):
    """What came to confirm a method: in which field; None for what is no text."""

    field: str
    text: str | None
    state: str = ""

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "text", "state")


def whole(act: str, parameters: Mapping[str, str]) -> Mapping[str, str]:
    """Return an act's parameters with those that may be left out."""
    return {"name": "", **parameters} if act == ADD_METHOD else parameters


def check_act(act: str, parameters: Mapping[str, str], policy: Policy) -> Refused | None:
    """Refuse an act that does not exist, or other parameters than it has."""
    wanted = ACTS.get(act)
    if wanted is None:
        detail = f"one of: {', '.join(ACTS)}"
        return Refused(Reason.INVALID_INPUT, pointer="/act", detail=detail)
    given = set(parameters)
    if act == ADD and parameters.get("kind") == contacts.PHONE:
        given -= OF_PHONES
    if wanted != given:
        detail = f"exactly: {', '.join(sorted(wanted)) or 'none'}"
        return Refused(Reason.INVALID_INPUT, pointer="/parameters", detail=detail)
    long = next((name for name, one in parameters.items() if len(one) > MOST_PARAMETER), None)
    if long is not None:
        detail = f"at most {MOST_PARAMETER} characters"
        return Refused(Reason.INVALID_INPUT, pointer=f"/{long}", detail=detail)
    if act == ADD:
        reached = read_contact(parameters, policy)
        return reached if isinstance(reached, Refused) else None
    if act == ADD_METHOD:
        return check_method(parameters["kind"], parameters["name"])
    return None


def check_method(kind: str, name: str) -> Refused | None:
    """Refuse a kind that cannot be enrolled, or a name that is none."""
    if kind not in METHODS:
        detail = f"one of: {', '.join(METHODS)}"
        return Refused(Reason.INVALID_INPUT, pointer="/kind", detail=detail)
    if not name:
        return None  # its product's name will do, or that of its kind
    if kind in NAMED and methods.read_name(name) is None:
        return Refused(Reason.INVALID_INPUT, pointer="/name", detail="1 to 60 signs")
    if kind not in NAMED:
        return Refused(Reason.INVALID_INPUT, pointer="/name", detail="this kind has no name")
    return None


def may_drop_password(others: Collection[str]) -> Refused | None:
    """Say whether an account with these other ways can do without its password (spec M8).

    Args: `others` are kinds, a code by mail among them where there is a contact.
    """
    if len(others) >= _ENOUGH and any(one in _STRONG for one in others):
        return None
    return Refused(Reason.PASSWORD_NEEDED)


def read_contact(
    parameters: Mapping[str, str], policy: Policy
) -> EmailAddress | phones.Phone | Refused:
    """Return the address or the phone that is to become a contact."""
    kinds = KINDS if policy.contacts.channels else KINDS[:1]
    match parameters["kind"]:
        case contacts.EMAIL:
            return _read_address(parameters["address"], policy.contacts)
        case contacts.PHONE if policy.contacts.channels:
            return _read_phone(parameters, policy.contacts)
        case _:
            detail = f"one of: {', '.join(kinds)}"
            return Refused(Reason.INVALID_INPUT, pointer="/kind", detail=detail)


def _read_address(text: str, policy: contacts.Policy) -> EmailAddress | Refused:
    email = addresses.parse_email(text)
    if email is None:
        return Refused(Reason.INVALID_INPUT, pointer="/address", detail="no e-mail address")
    if contacts.is_refused(email, policy):
        return Refused(Reason.ADDRESS_REFUSED, pointer="/address", detail="this domain is refused")
    return email


def _read_phone(parameters: Mapping[str, str], policy: contacts.Policy) -> phones.Phone | Refused:
    """Read a number as dialled in its country; one that no code would reach is refused (P3)."""
    country = parameters.get("country") or policy.country
    if country not in policy.countries:
        detail = f"one of: {', '.join(sorted(policy.countries))}"
        return Refused(Reason.INVALID_INPUT, pointer="/country", detail=detail)
    phone = phones.read(parameters["address"], country)
    if isinstance(phone, phones.Unfit):
        return contacts.unfit(phone.value)
    channel = contacts.may_keep(phone, policy) or contacts.channel_to(
        phone, parameters.get("channel", ""), policy
    )
    return channel if isinstance(channel, Refused) else phone
