r"""Passkeys as values: who relies on them, what is asked, what is kept, what it proves (spec M5).

drawn --an answer comes--> spent --verified--> kept, or proved
   \--its time passes--> over

A challenge is spent, and that is committed, before anything of the answer is compared.
"""

import ipaddress
from base64 import urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntFlag, StrEnum
from urllib.parse import urlsplit


class Ceremony(StrEnum):
    """What a challenge is for; the value is the client data's `type` (WebAuthn §5.8.1)."""

    CREATE = "webauthn.create"
    GET = "webauthn.get"


class Flag(IntFlag):
    """What is kept of an authenticator's flags (WebAuthn §6.1), and one of our own."""

    PRESENT = 0x01
    VERIFIED = 0x04
    CAN_SYNC = 0x08
    IS_SYNCED = 0x10
    NEEDS_NAME = 0x100  # ours: the browser said that it is not discoverable (credProps, §10.1.3)


KEPT = Flag.VERIFIED | Flag.CAN_SYNC | Flag.IS_SYNCED | Flag.NEEDS_NAME


class Flaw(StrEnum):
    """Why an answer was not taken: for logs and events; people read one sentence for most."""

    UNREADABLE = "unreadable"
    OVER = "over"
    OTHER_CEREMONY = "other_ceremony"
    OTHER_CHALLENGE = "other_challenge"
    FRAMED = "framed"
    OTHER_ORIGIN = "other_origin"
    OTHER_PARTY = "other_party"
    NOBODY_PRESENT = "nobody_present"
    BACKUP_CHANGED = "backup_changed"
    ALGORITHM = "algorithm"
    KEY = "key"
    UNKNOWN = "unknown"
    OTHER_OWNER = "other_owner"
    SIGNATURE = "signature"
    TAKEN = "taken"


class PartyError(Exception):
    """The settings name a domain or origin that browsers refuse; the text says what would do."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a challenge lives and how many passkeys an account may have."""

    lives: timedelta = timedelta(minutes=5)
    most: int = 20


@dataclass(frozen=True, slots=True)
class Party:
    """The relying party: the domain that passkeys are bound to, and the origins that may ask."""

    id: str
    name: str
    origins: frozenset[str]


@dataclass(frozen=True, slots=True)
class Parties:
    """The settings of the relying party. In `dev` it is at whatever host was asked for."""

    name: str
    rp_id: str = ""
    related: tuple[str, ...] = ()

    def at(self, origin: str) -> Party | None:
        """Return the party at the origin that a visitor reached; None where there are no passkeys.

        Raises PartyError for settings that no browser takes, which a start-up check finds first.
        """
        return party_of(origin, self.name, self.rp_id, self.related)


@dataclass(frozen=True, slots=True)
class Setup:
    """What passkeys take beside the store."""

    policy: Policy
    parties: Parties


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge and all that it is bound to; `account` is None where nobody was named."""

    octets: bytes = field(repr=False)
    ceremony: Ceremony
    flow: int
    purpose: int
    account: int | None
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Spent:
    """A challenge that is used up and committed. Only `spend` makes one; judging demands it."""

    challenge: Challenge


@dataclass(frozen=True, slots=True)
class Made:
    """What a new passkey showed of itself, and what it is to be called."""

    credential: bytes
    public_key: bytes  # COSE, as it came
    sign_count: int
    flags: Flag
    aaguid: bytes
    transports: tuple[str, ...]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as the store has it; its name and its last use stand with the account's methods."""

    method: int
    account: int
    credential: bytes
    public_key: bytes
    sign_count: int
    flags: Flag
    aaguid: bytes
    transports: tuple[str, ...]
    regressed_at: int | None = None

    @property
    def is_synced(self) -> bool:
        """Say whether a copy of it lay in a password manager when it was last used."""
        return Flag.IS_SYNCED in self.flags

    @property
    def is_two_factors(self) -> bool:
        """Say whether the authenticator verified its user when it was last used."""
        return Flag.VERIFIED in self.flags

    @property
    def credential_text(self) -> str:
        """Return its id as browsers write it."""
        return urlsafe_b64encode(self.credential).rstrip(b"=").decode()

    @property
    def can_sign_in_alone(self) -> bool:
        """Say whether it is found without a name (discoverable, as far as the browser told)."""
        return Flag.NEEDS_NAME not in self.flags


@dataclass(frozen=True, slots=True)
class Proved:
    """What a right answer proves; `is_count_back` says that its counter did not rise (§6.1.1)."""

    method: int
    account: int
    flags: Flag
    sign_count: int
    is_count_back: bool

    @property
    def factors(self) -> int:
        """Return how many factors it is: two where the authenticator verified its user.

        # Threat: 054, without UV it is one factor, and more is asked (NIST SP 800-63B-4 App. B;
        # test_flags_say_what_a_proof_is_worth).
        """
        return 2 if Flag.VERIFIED in self.flags else 1


def party_of(
    origin: str, name: str, rp_id: str = "", related: Collection[str] = ()
) -> Party | None:
    """Return the relying party at our public origin, or None where browsers have no passkeys.

    `rp_id` may be a domain above the host; `related` are further origins (WebAuthn §5.11).
    Raises PartyError for settings that no browser takes.
    """
    host = urlsplit(origin).hostname or ""
    if not _has_passkeys(origin, host):
        return None
    domain = rp_id or host
    is_above = "." in domain and host.endswith(f".{domain}")
    if domain != host and not is_above:
        message = f"SEKISHO_PASSKEYS_RP_ID={rp_id} is refused: use {host}, or a domain above it"
        raise PartyError(message)
    for one in related:
        if urlsplit(one).scheme != "https" or one != f"https://{urlsplit(one).netloc}".lower():
            message = f"SEKISHO_PASSKEYS_RELATED_ORIGINS: write {one} as https://www.example.com"
            raise PartyError(message)
    return Party(domain, name, frozenset((origin, *related)))


def _has_passkeys(origin: str, host: str) -> bool:
    if not host or _is_ip(host):
        return False
    is_here = host == "localhost" or host.endswith(".localhost")
    return origin.startswith("https://") or is_here


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_over(challenge: Challenge, now: datetime) -> bool:
    """Say whether a challenge's time has passed."""
    return now >= challenge.ends_at


def is_count_back(kept: int, shown: int) -> bool:
    """Say whether a signature counter failed to rise: a copy of the key may exist (§6.1.1).

    Authenticators that sync show 0 always, which says nothing.
    """
    return (kept or shown) > 0 and shown <= kept


def name_among(first: str, taken: Collection[str]) -> str:
    """Return `first`, with a number where the account has one of that name already."""
    if first not in taken:
        return first
    numbers = range(2, len(taken) + 3)
    return next(name for number in numbers if (name := f"{first} {number}") not in taken)
