"""A lane that wrong answers closed, opened again by a sign-in from its browser (spec C6).

The browser's own row knows when it last signed in, so a right answer pays nothing for it.
"""

from sekisho.ground.db import Work
from sekisho.records import limits, sessions


def opened(
    work: Work, account: int, lane: int, found: tuple[int, limits.Book]
) -> tuple[int, limits.Book]:
    """Return a book and its version, with this lane open if its browser signed in since it closed.

    What is closed cannot have opened it: another kind did, or the kind itself as a stranger's.
    """
    version, book = found
    if not book.lane(lane).is_closed:
        return found
    return version, limits.opened(book, lane, sessions.seen_at(work, account, lane))
