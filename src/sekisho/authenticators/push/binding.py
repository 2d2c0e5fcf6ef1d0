"""What phones and asks keep under seal, and the token by which a phone is known."""

from base64 import urlsafe_b64encode

import msgspec

from sekisho.authenticators.push.rules import Ask, Details, Phone, Reach
from sekisho.ground import ids
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys, same
from sekisho.ground.showing import shown
from sekisho.records import methods

_DETAILS = "push/ask/v1"
_BEGUN = "push/begun/v1"
_REACH = "push/reach/v1"
_TOKEN = "push/token/v1"  # noqa: S105  # the name of a purpose
_SECRET_BYTES = 32
_SECRET_SIGNS = 43  # of 32 bytes in base64 without padding
_PREFIX = "mtd"
_PACK = msgspec.msgpack.Encoder().encode
_UNPACK = msgspec.msgpack.Decoder(Details).decode
_UNPACK_REACH = msgspec.msgpack.Decoder(Reach).decode


class Token(msgspec.Struct, frozen=True):
    """A phone's token as it was read: of which phone, and the secret to check."""

    method: int
    secret: str

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "secret")


def draw_token(work: Work, method: int) -> tuple[str, bytes]:
    """Draw a phone's token; return it and the MAC that is kept of it."""
    drawn = work.chance.octets(_SECRET_BYTES)
    secret = urlsafe_b64encode(drawn).rstrip(b"=").decode()
    return f"{ids.show(_PREFIX, method)}_{secret}", _mac(work.keys, method, secret)


def read_token(text: str) -> Token | None:
    """Return what a token says, or None when it is none of a phone's."""
    head, secret = text[: -_SECRET_SIGNS - 1], text[-_SECRET_SIGNS:]
    number = ids.read(_PREFIX, head)
    return None if number is None or not secret.isascii() else Token(number, secret)


def is_token_of(keys: Keys, phone: Phone, token: Token) -> bool:
    """Say whether it is this phone's token."""
    return same(phone.secret, _mac(keys, phone.method, token.secret))


def seal_details(work: Work, ask: int, details: Details) -> bytes:
    """Seal what an ask is about for its row."""
    return work.keys.seal(_DETAILS, _PACK(details), _owner(ask), work.chance)


def details_of(keys: Keys, ask: Ask) -> Details | None:
    """Return what an ask is about; None where the store was made under another key."""
    plain = keys.unseal(_DETAILS, ask.sealed, _owner(ask.id))
    return _UNPACK(plain) if plain is not None else None


def seal_begun(work: Work, account: int, method: int, details: Details) -> bytes:
    """Seal who began an enrolment, for the phone that will be asked."""
    owner = methods.owner_of(account, method)
    return work.keys.seal(_BEGUN, _PACK(details), owner, work.chance)


def begun_of(keys: Keys, account: int, method: int, sealed: bytes) -> Details | None:
    """Return who began an enrolment."""
    plain = keys.unseal(_BEGUN, sealed, methods.owner_of(account, method))
    return _UNPACK(plain) if plain is not None else None


def seal_reach(work: Work, account: int, method: int, reach: Reach | None) -> bytes | None:
    """Seal where a phone is reached; None stands for nowhere."""
    if reach is None:
        return None
    owner = methods.owner_of(account, method)
    return work.keys.seal(_REACH, _PACK(reach), owner, work.chance)


def reach_of(keys: Keys, phone: Phone) -> Reach | None:
    """Return where a phone is reached."""
    if phone.subscription is None:
        return None
    owner = methods.owner_of(phone.account, phone.method)
    plain = keys.unseal(_REACH, phone.subscription, owner)
    return _UNPACK_REACH(plain) if plain is not None else None


def _mac(keys: Keys, method: int, secret: str) -> bytes:
    return keys.mac(_TOKEN, method.to_bytes(8, "big"), secret.encode())


def _owner(ask: int) -> bytes:
    return b"ask" + ask.to_bytes(8, "big")
