"""The code that binds a phone: 128 drawn bits and a check, as a QR code or typed (spec M4).

NIST SP 800-63B-4 §4.1.2.2: at least 112 bits where it stands alone, once, ten minutes at most.
28 signs of Crockford's base32 in groups of four; the last three hold 12 bits of check, so that a
slip is told from a code that is not there.
"""

import unicodedata
from hashlib import sha256

from sekisho.ground.chance import Chance
from sekisho.ground.keys import Keys

_BYTES = 16
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {sign: value for value, sign in enumerate(_SIGNS)} | {"O": 0, "I": 1, "L": 1}
_LENGTH = 28
_GROUP = 4
_CHECK_BITS = 12
_LONGEST = 200  # signs that are read: with its groups a code has 34
_PURPOSE = "push/pairing/v1"


def draw(chance: Chance) -> str:
    """Draw a code."""
    return _written(chance.octets(_BYTES))


def grouped(code: str) -> str:
    """Return a code as people see it: `ABCD-EFGH-…`."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def read(typed: str) -> str | None:
    """Return the code in what was typed or scanned, whatever its case, blanks and dashes."""
    if len(typed) > _LONGEST:
        return None
    plain = unicodedata.normalize("NFKC", typed).upper()
    signs = [sign for sign in plain if unicodedata.category(sign)[0] not in "ZPC"]
    if len(signs) != _LENGTH or any(sign not in _VALUES for sign in signs):
        return None
    number = 0
    for sign in signs:
        number = number << 5 | _VALUES[sign]
    bits = number >> _CHECK_BITS
    if bits.bit_length() > 8 * _BYTES:
        return None
    code = _written(bits.to_bytes(_BYTES, "big"))
    return code if "".join(_SIGNS[_VALUES[sign]] for sign in signs) == code else None


def mac(keys: Keys, code: str) -> bytes:
    """Return what is kept of a code until its phone has come; it dies with the epoch."""
    return keys.epoch_mac(_PURPOSE, code.encode())


def _written(octets: bytes) -> str:
    check = int.from_bytes(sha256(octets).digest()[:2], "big") >> (16 - _CHECK_BITS)
    number = int.from_bytes(octets, "big") << _CHECK_BITS | check
    return "".join(_SIGNS[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
