"""Codes as values: how one is read from what people type, and labelled."""

import re
import unicodedata

# Letters and digits that nobody takes for one another: no B 8, G 6, I 1, O 0, Q, S 5, Z 2 (C8).
LABELS = tuple(f"{letter}{digit}" for letter in "ACDEFHJKLMNPRTUVWXY" for digit in "23456789")
LONGEST = 4000  # signs of an answer that are read: a whole message fits (C7)
# Blanks, dashes, and signs without width: copying out of a chat brings direction signs along.
_JOINERS = (
    " \t\u1680\u180e\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\\-\u058a\u05be\u1400\u1806\u2010-\u2015\u2043\u2212\u2e17\u2e1a\u2e3a\u2e3b"
    "\u2e40\u2e5d\u301c\u3030\u30a0\u30fc\uff0d\U00010ead"
)
_RUN = re.compile(f"[0-9](?:[{_JOINERS}]*[0-9])*")
_JOINER = re.compile(f"[{_JOINERS}]+")
_PLAIN = re.compile(r"[0-9]+", re.ASCII)
_SHORT, _LONG = 6, 8


def read_code(answer: str, digits: int) -> str | None:
    """Return the one run of `digits` digits in what was typed or pasted, else None (spec C7).

    Every Unicode decimal is a digit; groups joined by spaces, dashes or zero-width signs are one
    run; the same run twice is one code; two different ones are none.
    """
    if len(answer) == digits and _PLAIN.fullmatch(answer):
        return answer
    if len(answer) > LONGEST:
        return None
    text = "".join(_plain(sign) for sign in unicodedata.normalize("NFKC", answer))
    runs = {_JOINER.sub("", run) for run in _RUN.findall(text)}
    fitting = [run for run in runs if len(run) == digits]
    return fitting[0] if len(fitting) == 1 else None


def other_length(digits: int) -> int:
    """Return the other length that a code of the same flow may have had."""
    return _LONG if digits == _SHORT else _SHORT


def label_among(taken: frozenset[str], drawn: int) -> str:
    """Return a label that no live request of the account has, from a drawn number (spec C8)."""
    if not taken:
        return LABELS[drawn % len(LABELS)]
    free = [label for label in LABELS if label not in taken] or LABELS
    return free[drawn % len(free)]


def _plain(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)
