"""A recovery code as a value: 24 drawn signs and a check sign, in groups of five (spec M7).

31 signs, none of which is taken for another one's misreading: no 0 and O, no 1, I and L. 31 is a
prime, so a sum of the signs' values, each times its own weight, finds every single wrong sign and
every two that changed places, wherever they stand. 24 signs are 118.9 bits.
"""

import unicodedata
from enum import StrEnum

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
DRAWN = 24
LENGTH = DRAWN + 1
GROUP = 5
LONGEST = 400  # signs of an answer that are read; with its groups a code has 29
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
_BETWEEN = "ZPC"  # first letters of the Unicode categories of blanks, dashes, signs without width
_DASHES = "\u2212\u30fc"  # a minus and a long vowel, which Japanese keyboards give for a dash


class Misread(StrEnum):
    """Why what was typed is no recovery code; nothing needs to be compared to say so."""

    LENGTH = "length"
    SIGN = "sign"
    CHECK = "check"


def completed(drawn: str) -> str:
    """Return 24 drawn signs with their check sign."""
    return drawn + ALPHABET[_sum(drawn)]


def grouped(code: str) -> str:
    """Return a code as people see it: `ABCDE-FGHJK-…`."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def last_group(typed: str) -> str | None:
    """Return the last group in what was typed: the five signs alone, or the whole code."""
    signs = _signs(typed)
    return signs[-GROUP:] if len(signs) in (GROUP, LENGTH) else None


def read_code(typed: str) -> str | Misread:
    """Return the code in what was typed, whatever its case, blanks, dashes and width of letters."""
    signs = _signs(typed)
    if len(signs) != LENGTH:
        return Misread.LENGTH
    if any(sign not in _VALUES for sign in signs):
        return Misread.SIGN
    return signs if completed(signs[:DRAWN]) == signs else Misread.CHECK


def _sum(drawn: str) -> int:
    """Return the check value: with weight -1, which no drawn sign has, it brings the sum to 0."""
    return sum(place * _VALUES[sign] for place, sign in enumerate(drawn, 1)) % len(ALPHABET)


def _signs(typed: str) -> str:
    if len(typed) > LONGEST:
        return ""
    return "".join(_plain(sign) for sign in unicodedata.normalize("NFKC", typed))


def _plain(sign: str) -> str:
    if sign in _DASHES or unicodedata.category(sign)[0] in _BETWEEN:
        return ""
    value = unicodedata.decimal(sign, None)
    return sign.upper() if value is None else str(value)
