"""The list of passwords that everybody tries first; it ships with the product (NOTICE).

Made by scripts/make_passwords.py, read when the first password is judged. Lines stand sorted, so
that a word is found by halving; the letter behind each is the power of two of its rank.
"""

import lzma
from functools import cache
from pathlib import Path

PATH = Path(__file__).parent / "data" / "passwords.xz"
_FIRST_LETTER = ord("A")


def rank_bits(folded: str) -> int | None:
    """Return how many halvings of the list, in order of use, lead to a word; None: not listed."""
    word, lines = folded.encode(errors="surrogatepass"), _lines()
    low, high = 0, len(lines)
    while low < high:
        start = lines.rfind(b"\n", 0, (low + high) // 2) + 1
        end = lines.index(b"\n", start)
        found = lines[start : end - 1]
        if found == word:
            return lines[end - 1] - _FIRST_LETTER
        if found < word:
            low = end + 1
        else:
            high = start
    return None


def ranked(bits: int) -> list[str]:
    """Return the plain words of one power of two: letters and digits, without quotes or blanks."""
    wanted = chr(_FIRST_LETTER + bits)
    words = (line.decode() for line in _lines().splitlines())
    return [word[:-1] for word in words if word[-1] == wanted and word[:-1].isalnum()]


@cache
def _lines() -> bytes:
    return lzma.decompress(PATH.read_bytes()).partition(b"\n")[2]
