"""What a hundred wrong answers in a row close: a browser's lane, a method to strangers (spec C6).

A sign-in from its browser opens a lane again. The browser's own row knows when it last signed in,
so a right answer pays nothing for it.
"""

from sekisho.authenticators import recovery_code
from sekisho.ground.db import Work
from sekisho.records import limits, methods, sessions
from sekisho.records.methods import Method

_POLICY = methods.Policy()


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


def is_closed(method: Method) -> bool:
    """Say whether a hundred wrong answers in a row closed a method to strangers (attack 033).

    They count, and close it, after a first proof alone: who proved nothing is not told what an
    account has. A recovery code stays open: nobody guesses it, and it is the road of who lost all
    else.
    """
    return method.kind != recovery_code.KIND and not methods.is_open_to_strangers(method, _POLICY)
