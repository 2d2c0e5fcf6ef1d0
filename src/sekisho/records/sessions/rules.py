"""Sessions and device tokens as values: their form, their limits, what they claim.

A token is `<prefix>_<id>_<256 random bits>`; the store keeps a MAC of the random part, under a key
that dies with the epoch, so a copy of the store opens no session and a restored one revives none.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from sekisho.ground import ids
from sekisho.ground.showing import shown

SECRET_BYTES = 32  # spec S3
SECRET_SIGNS = 43  # of 32 bytes in base64 without padding


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a session lives; the settings `sessions`."""

    idle: timedelta = timedelta(hours=24)
    absolute: timedelta = timedelta(days=30)
    touch: timedelta = timedelta(minutes=5)  # last use is exact to this (API.md)


class Held(msgspec.Struct, frozen=True):
    """What the text of a token says before the store was asked: an id, and a secret to check."""

    id: int
    secret: str

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "secret")


class Session(msgspec.Struct, frozen=True):
    """A session as the store has it."""

    id: int
    account: int
    methods: tuple[str, ...]
    device: str
    country: str | None
    created_at: datetime
    last_used_at: datetime
    ends_at: datetime
    browser: int = 0  # the familiar device it began in


class Device(msgspec.Struct, frozen=True):
    """A browser that has signed in to an account, and so is familiar to it."""

    id: int
    mark: str
    country: str | None
    first_at: datetime
    last_at: datetime


class Started(msgspec.Struct, frozen=True):
    """A session that just began; its tokens are shown this once."""

    session: Session
    token: str
    device_token: str

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "token", "device_token")


def write(prefix: str, number: int, secret: bytes) -> str:
    """Return the text of a token."""
    return f"{ids.show(prefix, number)}_{urlsafe_b64encode(secret).rstrip(b'=').decode()}"


def read(prefix: str, token: str) -> Held | None:
    """Return what a token says, or None when it is none of this kind."""
    head, secret = token[: -SECRET_SIGNS - 1], token[-SECRET_SIGNS:]
    number = ids.read(prefix, head)
    return None if number is None or not secret.isascii() else Held(number, secret)


def device_of(token: str) -> Held | None:
    """Return what a device token says."""
    return read("dev", token) if token else None


def ends_at(session: Session, policy: Policy) -> datetime:
    """Return the earlier of the idle and the absolute end."""
    return min(session.last_used_at + policy.idle, session.ends_at)


# What proves by itself and what counts as two: one table (spec M10, M11; NIST SP 800-63B-4 §2). An
# e-mailed code has no level of its own (§3.1.3.1); beside another proof it adds none.
_ALONE = {
    "password": 1,
    "totp": 1,
    "sms_code": 1,
    "voice_code": 1,
    "security_key": 1,  # a passkey whose authenticator verified nobody (attack 054)
    "push": 1,  # two digits: no out-of-band secret of AAL2 (§3.1.3.2)
    "push_6": 1,
    "passkey": 2,
}
_SOMETHING_KNOWN = frozenset({"password"})
_SOMETHING_HELD = frozenset({"totp", "sms_code", "voice_code", "security_key", "push_6"})


def acr(methods: tuple[str, ...]) -> str:
    """Return the assurance that a session may claim, and no more."""
    proved = frozenset(methods)
    level = max((_ALONE.get(one, 0) for one in proved), default=0)
    if proved & _SOMETHING_KNOWN and proved & _SOMETHING_HELD:
        level = 2
    return f"urn:sekisho:acr:{f'aal{level}' if level else 'email'}"
