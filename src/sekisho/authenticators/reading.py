"""How a code is read from whatever people type or paste (spec C7), whichever kind it is of."""

import re
import unicodedata

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


def _plain(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)
