#!/usr/bin/env python3
"""Makes src/sekisho/web/static/common_words.js: what the strength of a password is told by.

The first words of the list that ships (NOTICE), by the power of two of their rank; the browser
knows no more than these. `uv run scripts/make_common_words.py` writes it.
"""

from pathlib import Path

from sekisho.authenticators.password import well_known

MOST_BITS = 8
STATIC = Path(__file__).parents[1] / "src" / "sekisho" / "web" / "static"
HEAD = "// Made by scripts/make_common_words.py: the passwords and names that are tried first.\n"


def module() -> str:
    """Return the module's text: an array of lines, each of one power of two."""
    lines = [
        f"  {' '.join(well_known.ranked(bits))!r},".replace("'", '"')
        for bits in range(MOST_BITS + 1)
    ]
    return "\n".join([f"{HEAD}export const BY_BITS = [", *lines, "];", ""])


if __name__ == "__main__":
    (STATIC / "common_words.js").write_text(module(), encoding="utf-8")
