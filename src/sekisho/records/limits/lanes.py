"""The book of a subject: its lanes and live labels, as the store keeps them. Values only.

A book holds the seconds at which codes were sent and tries were charged, each list no longer than
its window needs. A subject is an account, or the stand-in of an unknown name (spec C11).
"""

from datetime import UTC, datetime

import msgspec

STRANGER = 0
HOUR = 3600
DAY = 86400
QUARTER = 90 * DAY
TEN_MINUTES = 600
_LABELS = 152  # as many as there are; see authenticators/code/rules.py


class Lane(msgspec.Struct, frozen=True, array_like=True):
    """What one lane did: all numbers are seconds since 1970, or counts."""

    asked: int = 0
    step: int = 0
    sent: tuple[int, ...] = ()
    unproved: tuple[int, ...] = ()
    short: tuple[int, ...] = ()
    long: tuple[int, ...] = ()
    in_a_row: int = 0
    is_closed: bool = False
    digest: int = 0
    told: int = 0


class Book(msgspec.Struct, frozen=True, array_like=True):
    """A subject's lanes by number, and its live labels with the second they end."""

    lanes: dict[int, Lane] = {}
    labels: tuple[tuple[str, int], ...] = ()

    def lane(self, number: int) -> Lane:
        """Return the lane, empty when nothing was done in it."""
        return self.lanes.get(number, _EMPTY)

    def live_labels(self, now: datetime) -> frozenset[str]:
        """Return the labels that a message of this subject still carries (spec C8)."""
        return frozenset(label for label, until in self.labels if until > second_of(now))


_EMPTY = Lane()


def changed(book: Book, lane: int, one_lane: Lane, second: int, label: str = "") -> Book:
    """Return the book with a changed lane; what no window needs any more is left out."""
    lanes = {
        number: one
        for number, one in book.lanes.items()
        if number == lane or _is_needed(one, second)
    }
    lanes[lane] = one_lane
    labels = tuple((name, until) for name, until in book.labels if until > second and name != label)
    if label:
        labels = (*labels[-(_LABELS - 1) :], (label, second + TEN_MINUTES))
    return Book(lanes, labels)


def _is_needed(one: Lane, second: int) -> bool:
    if one.is_closed or one.in_a_row:
        return True
    latest = max(one.asked, *one.sent[-1:], *one.long[-1:], one.told, one.digest)
    oldest_try = one.short[-1] if one.short else 0
    return second - latest < DAY or second - oldest_try < QUARTER


def within(entries: tuple[int, ...], second: int, window: int) -> tuple[int, ...]:
    """Return the entries of the last `window` seconds; entries stand in order."""
    edge = second - window
    if not entries or entries[0] > edge:
        return entries
    return tuple(at for at in entries if at > edge)


def without(entries: tuple[int, ...], at: int) -> tuple[int, ...]:
    """Return the entries less one that equals `at`."""
    if at not in entries:
        return entries
    place = entries.index(at)
    return entries[:place] + entries[place + 1 :]


def second_of(at: datetime) -> int:
    """Return the instant as a second since 1970."""
    return int(at.timestamp())


def instant_of(second: int) -> datetime:
    """Return the instant of a second."""
    return datetime.fromtimestamp(second, UTC)
