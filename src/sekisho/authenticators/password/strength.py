"""How many guesses a password takes at least, told in four steps (spec M6: strength is shown).

An honest lower estimate for who guesses words, dates, rows and repetitions before anything else;
what it does not know it counts as few signs. It refuses nothing: `rules.judge` does.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import log2

from sekisho.authenticators.password.rules import fold

_LOOKED_AT = 48  # signs; what comes after can only make it stronger
_SIGN = 4.0  # bits that a sign adds when it belongs to nothing known; people do not draw them
_DIGIT = 3.3  # log2(10)
_TOKEN = 1.0  # bits of where one known piece ends and how it is written
_LONGEST_WORD = 16
_SHORTEST_WORD = 3
_OWN_BITS = 2.0  # an own word is among the first guesses
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_YEAR_BITS = 6.6  # log2(100): years that somebody lived in
_DATE = re.compile(r"(?:(?:19|20)[0-9]{2}|[0-9]{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_DATE_BITS = 15.0  # log2(366 * 100)
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn")


class Step(StrEnum):
    """What the meter shows; each is worded in `words/`."""

    EASY = "easy"
    FAIR = "fair"
    HARD = "hard"
    VERY_HARD = "very_hard"


# Bits from which a step holds. At 20 ms of Argon2id a guess, 2^40 take one processor 700 years,
# and who rents ten thousand of them a month.
_STEPS = ((60.0, Step.VERY_HARD), (40.0, Step.HARD), (27.0, Step.FAIR))


@dataclass(frozen=True, slots=True)
class Strength:
    """The estimate: guesses as a power of two, and its step."""

    bits: float
    step: Step


def estimate(
    password: str, own: frozenset[str], rank_bits: Callable[[str], int | None]
) -> Strength:
    """Return the cheapest way to describe a password in known pieces and single signs."""
    folded = fold(password)
    seen = folded[:_LOOKED_AT]
    cheapest = [0.0]
    for end in range(1, len(seen) + 1):
        single = cheapest[end - 1] + (_DIGIT if seen[end - 1].isdecimal() else _SIGN)
        pieces = (
            cheapest[start] + bits + _TOKEN for start, bits in _pieces(seen, end, own, rank_bits)
        )
        cheapest.append(min((single, *pieces)))
    return Strength(cheapest[-1], _step(cheapest[-1]))


def _step(bits: float) -> Step:
    return next((step for least, step in _STEPS if bits >= least), Step.EASY)


def _pieces(
    seen: str, end: int, own: frozenset[str], rank_bits: Callable[[str], int | None]
) -> Iterator[tuple[int, float]]:
    """Yield where a known piece that ends here starts, and its bits."""
    for length in range(_SHORTEST_WORD, end + 1):
        start = end - length
        piece = seen[start:end]
        if (bits := _bits(piece, own, rank_bits)) is not None:
            yield start, bits
    for unit in range(1, end // 2 + 1):
        # A piece that stood just before costs nearly nothing to say again.
        if seen[end - unit : end] == seen[end - 2 * unit : end - unit]:
            yield end - unit, 0.0


def _bits(piece: str, own: frozenset[str], rank_bits: Callable[[str], int | None]) -> float | None:
    if piece in own:
        return _OWN_BITS
    if _YEAR.fullmatch(piece):
        return _YEAR_BITS
    if _DATE.fullmatch(piece):
        return _DATE_BITS
    if _is_row(piece):
        return log2(len(_ROWS) * 2 * len(piece)) + 4
    found = rank_bits(piece) if len(piece) <= _LONGEST_WORD else None
    return None if found is None else float(found)


def _is_row(piece: str) -> bool:
    """Say whether signs follow each other in the alphabet or on the keyboard, either way round."""
    steps = {ord(after) - ord(before) for before, after in pairwise(piece)}
    if steps <= {1} or steps <= {-1}:
        return True
    return any(piece in row or piece[::-1] in row for row in _ROWS)
