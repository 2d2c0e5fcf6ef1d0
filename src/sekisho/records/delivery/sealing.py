"""What a message holds of a person, sealed for its row alone (spec C9, attack 129).

It is padded, so that the size of a row tells neither a decoy nor the length of an address.
"""

import msgspec

from sekisho.ground.chance import Chance
from sekisho.ground.keys import Keys
from sekisho.records.delivery.rules import Letter

_PURPOSE = "outbox/v1"
_BLOCK = 64  # bytes
_LENGTH = 2  # bytes that tell the length before the padding


class Content(msgspec.Struct, frozen=True, array_like=True):
    """The personal part of a letter."""

    to: str
    language: str
    zone: str
    code: str | None
    facts: dict[str, str | int]
    is_decoy: bool

    def __repr__(self) -> str:
        """Name nothing that is sealed, also not in a traceback."""
        return "Content(…)"


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Content).decode


def seal(letter: Letter, number: int, keys: Keys, chance: Chance) -> bytes:
    """Seal the personal part of `letter` for the message `number`."""
    plain = _encode(
        (letter.to, letter.language, letter.zone, letter.code, letter.facts, letter.is_decoy)
    )
    padding = -(len(plain) + _LENGTH) % _BLOCK
    plain = len(plain).to_bytes(_LENGTH, "big") + plain + bytes(padding)
    return keys.seal(_PURPOSE, plain, number.to_bytes(8, "big"), chance)


def unseal(sealed: bytes, number: int, keys: Keys) -> Content | None:
    """Return what was sealed for this message, or None under another key."""
    plain = keys.unseal(_PURPOSE, sealed, number.to_bytes(8, "big"))
    if plain is None:
        return None
    length = int.from_bytes(plain[:_LENGTH], "big")
    return _decode(plain[_LENGTH : _LENGTH + length])
