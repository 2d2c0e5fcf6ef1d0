# ruff: noqa: INP001 - run by hand, no package
"""Make src/sekisho/authenticators/password/data/passwords.xz, which well_known.py reads.

Reads lists in order of use, the most common first: JSON arrays, or text with one on a line, also
gzipped. Not run by the product: by hand, when the list is renewed. NOTICE names the sources.

    python scripts/make_passwords.py 2026-11-22 passwords.json common-passwords.txt.gz names.json
"""

import gzip
import json
import lzma
import math
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from sekisho.authenticators.password.rules import fold
from sekisho.authenticators.password.well_known import PATH

SHORTEST, LONGEST = 3, 64
FIRST_LETTER = ord("A")


def read(path: Path) -> list[str]:
    """Read one list."""
    octets = path.read_bytes()
    text = (gzip.decompress(octets) if path.suffix == ".gz" else octets).decode("utf-8")
    return list(json.loads(text)) if ".json" in path.suffixes else text.splitlines()


def is_text(word: str) -> bool:
    """Leave out what is too short, and what other programs broke."""
    is_whole = "ї" not in word and "\ufffd" not in word and word.isprintable()
    return is_whole and SHORTEST <= len(word) <= LONGEST


def ranks(lists: Iterable[list[str]]) -> dict[str, int]:
    """Return the best rank that each word has in any list."""
    best: dict[str, int] = {}
    for words in lists:
        for rank, word in enumerate(words, start=1):
            folded = fold(word.strip())
            if is_text(folded):
                best[folded] = min(rank, best.get(folded, rank))
    return best


def main() -> None:
    """Write the file that ships: a head, then each word with a letter for its power of two."""
    made_on = date.fromisoformat(sys.argv[1])
    best = ranks(read(Path(name)) for name in sys.argv[2:])
    lines = [
        word + bytes((FIRST_LETTER + math.ceil(math.log2(rank)),))
        for word, rank in sorted((word.encode(), rank) for word, rank in best.items())
    ]
    head = json.dumps({"made_on": made_on.isoformat(), "count": len(lines)}).encode()
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_bytes(lzma.compress(b"\n".join([head, *lines, b""]), preset=9 | lzma.PRESET_EXTREME))
    print(len(lines), "words,", PATH.stat().st_size, "bytes")  # noqa: T201


if __name__ == "__main__":
    main()
