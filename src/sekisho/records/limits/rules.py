"""Limits as plain functions of a book, the policy and the moment. Knows no store.

A book holds a subject's lanes: the seconds at which codes were sent and tries were charged, each
list no longer than its window needs. A subject is an account, or the stand-in of an unknown name,
so that both are counted alike (spec C11).

    asking:    free -> paused (30, 60, 120, 300 s) -> free; over after an hour or a right answer
    guessing:  short codes -> (10 an hour, 20 a day, 100 in 90 days) -> long codes (200 a day)
    familiar:  20 an hour, 50 a day; 100 in a row -> closed, until reopened
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

import msgspec

from sekisho.ground.refusal import Reason, Refused

STRANGER = 0
_HOUR = 3600
_DAY = 86400
_QUARTER = 90 * _DAY
_TEN_MINUTES = 600
_LABELS = 152  # as many as there are; see authenticators/code/rules.py


@dataclass(frozen=True, slots=True)
class Policy:
    """Numbers of spec C6, C10 and F3; the settings `guesses`, `resend` and `floods`."""

    tries: int = 5
    stranger_hour: int = 10
    stranger_day: int = 20
    stranger_90_days: int = 100
    stranger_long_day: int = 200
    digits: int = 6
    long_digits: int = 8
    familiar_hour: int = 20
    familiar_day: int = 50
    familiar_in_a_row: int = 100
    pauses_seconds: tuple[int, ...] = (30, 60, 120, 300)
    flow: int = 5
    ten_minutes: int = 5
    day: int = 50
    reserve_ten_minutes: int = 2
    reserve_day: int = 12
    flood_first_hour: int = 5
    flood_day: int = 10


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
        return frozenset(label for label, until in self.labels if until > _second(now))


_EMPTY = Lane()


class Sending(Enum):
    """What goes out for a request."""

    CODE = auto()
    NOTHING = auto()
    DIGEST = auto()


@dataclass(frozen=True, slots=True)
class Asking:
    """A request that is let through: the new book and what the asker is told."""

    book: Book
    sending: Sending
    digits: int
    label: str
    resend_at: datetime
    resends_left: int


@dataclass(frozen=True, slots=True)
class Charge:
    """A try that is paid for: the new book, the second it stands under, what is left after it."""

    book: Book
    at: int
    left: int


def lane_of(book: Book, device: int) -> int:
    """Return the lane of a familiar browser; where its lane is closed it is a stranger again."""
    return STRANGER if book.lane(device).is_closed else device


def digits_for(book: Book, lane: int, policy: Policy, now: datetime) -> int:
    """Return how many digits the next code has: strangers past a budget get long ones (spec C6)."""
    if lane != STRANGER or _short_left(book.lane(lane), policy, _second(now)) > 0:
        return policy.digits
    return max(policy.digits, policy.long_digits)


def ask(
    book: Book, lane: int, policy: Policy, now: datetime, *, label: str, asked_in_flow: int
) -> Asking | Refused:
    """Judge a request for a code in a lane (spec C10, F3).

    Args: `label` is the new request's; `asked_in_flow` how many this flow asked for before.
    """
    second, mine = _second(now), book.lane(lane)
    if lane != STRANGER:
        refused = _familiar_sends(book, policy, second)
        if refused is not None:
            return refused
    sending = Sending.CODE if lane != STRANGER else _flood(mine, policy, second)
    step = 0 if second - mine.asked >= _HOUR else mine.step
    pause = policy.pauses_seconds[min(step, len(policy.pauses_seconds) - 1)]
    sent = _within(mine.sent, second, _DAY)
    unproved = _within(mine.unproved, second, _DAY)
    is_code = sending is Sending.CODE
    told = msgspec.structs.replace(
        mine,
        asked=second,
        step=step + 1,
        sent=(*sent, second) if is_code else sent,
        unproved=(*unproved, second) if is_code and lane == STRANGER else unproved,
        digest=second if sending is Sending.DIGEST else mine.digest,
    )
    return Asking(
        book=_with(book, lane, told, second, label),
        sending=sending,
        digits=digits_for(book, lane, policy, now),
        label=label,
        resend_at=now + timedelta(seconds=pause),
        resends_left=policy.flow - asked_in_flow - 1,
    )


def charge(book: Book, lane: int, digits: int, policy: Policy, now: datetime) -> Charge | Refused:
    """Charge one try at a code of `digits` before anything is compared (spec C6)."""
    second, mine = _second(now), book.lane(lane)
    is_long = lane == STRANGER and digits >= policy.long_digits
    left, free_at = _budget(mine, lane, policy, second, is_long=is_long)
    if left <= 0:
        return Refused(Reason.TOO_MANY_TRIES, retry_at=_instant(free_at))
    entry = (*(mine.long if is_long else mine.short), second)
    if is_long:
        paid = msgspec.structs.replace(mine, long=_within(entry, second, _DAY))
    else:
        keep = _QUARTER if lane == STRANGER else _DAY
        row = mine.in_a_row + (lane != STRANGER)
        paid = msgspec.structs.replace(
            mine,
            short=_within(entry, second, keep),
            in_a_row=row,
            is_closed=row >= policy.familiar_in_a_row,
        )
    return Charge(_with(book, lane, paid, second), second, left - 1)


def settle(book: Book, lane: int, at: int, sent_at: datetime | None) -> Book:
    """Give a right answer's charge back and clear its row and pauses, never the others (spec C6).

    Its message leaves the flood's count too: who answered it right had asked for it.
    """
    mine = book.lane(lane)
    in_long = at in mine.long
    right = msgspec.structs.replace(
        mine,
        step=0,
        short=mine.short if in_long else _without(mine.short, at),
        long=_without(mine.long, at) if in_long else mine.long,
        unproved=_without(mine.unproved, _second(sent_at)) if sent_at else mine.unproved,
        in_a_row=0,
        is_closed=False,
    )
    return msgspec.structs.replace(book, lanes={**book.lanes, lane: right})


def block(book: Book, lane: int, now: datetime) -> Book | None:
    """Return the book that remembers a notice about blocked tries; None when one went out today."""
    second, mine = _second(now), book.lane(lane)
    if mine.told and second - mine.told < _DAY:
        return None
    told = msgspec.structs.replace(mine, told=second)
    return msgspec.structs.replace(book, lanes={**book.lanes, lane: told})


def reopen(book: Book) -> Book:
    """Open every lane again, for the operator: charges, pauses and closings are forgotten."""
    return msgspec.structs.replace(book, lanes={})


def is_blocked(book: Book, lane: int, policy: Policy, now: datetime) -> bool:
    """Say whether tries at short codes in this lane are refused now."""
    mine = book.lane(lane)
    return _budget(mine, lane, policy, _second(now), is_long=False)[0] <= 0


def _familiar_sends(book: Book, policy: Policy, second: int) -> Refused | None:
    sent = sorted(at for lane, one in book.lanes.items() if lane != STRANGER for at in one.sent)
    for window, most in ((_TEN_MINUTES, policy.ten_minutes), (_DAY, policy.day)):
        recent = [at for at in sent if at > second - window]
        if len(recent) >= most:
            free_at = recent[len(recent) - most] + window
            return Refused(Reason.TOO_MANY_REQUESTS, retry_at=_instant(free_at))
    return None


def _flood(mine: Lane, policy: Policy, second: int) -> Sending:
    """Say what strangers' requests still send (spec F3)."""
    unproved = _within(mine.unproved, second, _DAY)
    if len(unproved) >= policy.flood_day:
        return Sending.NOTHING if second - mine.digest < _DAY else Sending.DIGEST
    if len(_within(mine.sent, second, _DAY)) >= policy.day:
        return Sending.NOTHING
    if not unproved:
        return Sending.CODE
    is_first_hour = second - unproved[0] < _HOUR
    if is_first_hour:
        return Sending.CODE if len(unproved) < policy.flood_first_hour else Sending.NOTHING
    return Sending.CODE if second - unproved[-1] >= _HOUR else Sending.NOTHING


def _budget(
    mine: Lane, lane: int, policy: Policy, second: int, *, is_long: bool
) -> tuple[int, int]:
    """Return how many tries are left, and the second at which there is one again."""
    if is_long:
        windows: tuple[tuple[int, int], ...] = ((_DAY, policy.stranger_long_day),)
        entries = mine.long
    elif lane == STRANGER:
        windows = (
            (_HOUR, policy.stranger_hour),
            (_DAY, policy.stranger_day),
            (_QUARTER, policy.stranger_90_days),
        )
        entries = mine.short
    else:
        if mine.is_closed:
            return 0, second + _DAY
        windows = ((_HOUR, policy.familiar_hour), (_DAY, policy.familiar_day))
        entries = mine.short
    left, free_at = 1 << 30, second
    for window, most in windows:
        recent = _within(entries, second, window)
        left = min(left, most - len(recent))
        if len(recent) >= most:
            free_at = max(free_at, recent[len(recent) - most] + window)
    return left, free_at


def _short_left(mine: Lane, policy: Policy, second: int) -> int:
    return _budget(mine, STRANGER, policy, second, is_long=False)[0]


def _with(book: Book, lane: int, changed: Lane, second: int, label: str = "") -> Book:
    """Return the book with a changed lane; what no window needs any more is left out."""
    lanes = {
        number: one
        for number, one in book.lanes.items()
        if number == lane or _is_needed(one, second)
    }
    lanes[lane] = changed
    labels = tuple((name, until) for name, until in book.labels if until > second and name != label)
    if label:
        labels = (*labels[-(_LABELS - 1) :], (label, second + _TEN_MINUTES))
    return Book(lanes, labels)


def _is_needed(one: Lane, second: int) -> bool:
    if one.is_closed or one.in_a_row:
        return True
    latest = max(one.asked, *one.sent[-1:], *one.long[-1:], one.told, one.digest)
    oldest_try = one.short[-1] if one.short else 0
    return second - latest < _DAY or second - oldest_try < _QUARTER


def _within(entries: tuple[int, ...], second: int, window: int) -> tuple[int, ...]:
    """Return the entries of the last `window` seconds; entries stand in order."""
    edge = second - window
    if not entries or entries[0] > edge:
        return entries
    return tuple(at for at in entries if at > edge)


def _without(entries: tuple[int, ...], at: int) -> tuple[int, ...]:
    """Return the entries less one that equals `at`."""
    if at not in entries:
        return entries
    place = entries.index(at)
    return entries[:place] + entries[place + 1 :]


def _second(at: datetime) -> int:
    return int(at.timestamp())


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
