"""Limits as plain functions of a book, the policy and the moment. Knows no store.

asking:    free -> paused (30, 60, 120, 300 s) -> free; over after an hour or a right answer
guessing:  short codes -> (10 an hour, 20 a day, 100 in 90 days) -> long codes (200 a day)
familiar:  20 an hour, 50 a day; 100 in a row -> closed, until it signs in another way
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

import msgspec

from sekisho.ground.refusal import Reason, Refused
from sekisho.records.limits.lanes import (
    DAY,
    HOUR,
    QUARTER,
    STRANGER,
    TEN_MINUTES,
    Lane,
    changed,
    instant_of,
    second_of,
    within,
    without,
)
from sekisho.records.limits.lanes import Book as Book  # noqa: PLC0414  # for rules above


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


class Sending(Enum):
    """What goes out for a request."""

    CODE = auto()
    NOTHING = auto()
    DIGEST = auto()


class Asking(msgspec.Struct, frozen=True):
    """A request that is let through: the new book and what the asker is told."""

    book: Book
    sending: Sending
    digits: int
    label: str
    resend_at: datetime
    resends_left: int
    tells: bool = False  # short codes are compared no more, and nobody was told of it today


class Charge(msgspec.Struct, frozen=True):
    """A try that is paid for: the new book, the second it stands under, what is left after it."""

    book: Book
    at: int
    left: int


def with_reserve(policy: Policy) -> Policy:
    """Return the policy for codes that are not for signing in: more is kept for them (spec C10)."""
    return replace(
        policy,
        ten_minutes=policy.ten_minutes + policy.reserve_ten_minutes,
        day=policy.day + policy.reserve_day,
    )


def lane_of(book: Book, device: int) -> int:
    """Return the lane of a familiar browser; where its lane is closed it is a stranger again."""
    return STRANGER if book.lane(device).is_closed else device


def digits_for(book: Book, lane: int, policy: Policy, now: datetime) -> int:
    """Return how many digits the next code has: strangers past a budget get long ones (spec C6)."""
    if lane != STRANGER or _short_left(book.lane(lane), policy, second_of(now)) > 0:
        return policy.digits
    return max(policy.digits, policy.long_digits)


def ask(
    book: Book, lane: int, policy: Policy, now: datetime, *, label: str, asked_in_flow: int
) -> Asking | Refused:
    """Judge a request for a code in a lane (spec C10, F3).

    Args: `label` is the new request's; `asked_in_flow` how many this flow asked for before.
    """
    second, mine = second_of(now), book.lane(lane)
    if lane != STRANGER:
        refused = _familiar_sends(book, policy, second)
        if refused is not None:
            return refused
    sending = Sending.CODE if lane != STRANGER else _flood(mine, policy, second)
    step = 0 if second - mine.asked >= HOUR else mine.step
    pause = policy.pauses_seconds[min(step, len(policy.pauses_seconds) - 1)]
    sent = within(mine.sent, second, DAY)
    unproved = within(mine.unproved, second, DAY)
    is_code = sending is Sending.CODE
    digits = digits_for(book, lane, policy, now)
    tells = digits > policy.digits and second - mine.told >= DAY
    told = msgspec.structs.replace(
        mine,
        asked=second,
        step=step + 1,
        sent=(*sent, second) if is_code else sent,
        unproved=(*unproved, second) if is_code and lane == STRANGER else unproved,
        digest=second if sending is Sending.DIGEST else mine.digest,
        told=second if tells else mine.told,
    )
    return Asking(
        book=changed(book, lane, told, second, label),
        sending=sending,
        digits=digits,
        label=label,
        resend_at=now + timedelta(seconds=pause),
        resends_left=policy.flow - asked_in_flow - 1,
        tells=tells,
    )


def charge(book: Book, lane: int, digits: int, policy: Policy, now: datetime) -> Charge | Refused:
    """Charge one try at a code of `digits` before anything is compared (spec C6)."""
    second, mine = second_of(now), book.lane(lane)
    is_long = lane == STRANGER and digits >= policy.long_digits
    left, free_at = _budget(mine, lane, policy, second, is_long=is_long)
    if left <= 0:
        return Refused(Reason.TOO_MANY_TRIES, retry_at=instant_of(free_at))
    entry = (*(mine.long if is_long else mine.short), second)
    if is_long:
        paid = msgspec.structs.replace(mine, long=within(entry, second, DAY))
    else:
        keep = QUARTER if lane == STRANGER else DAY
        row = mine.in_a_row + (lane != STRANGER)
        paid = msgspec.structs.replace(
            mine,
            short=within(entry, second, keep),
            in_a_row=row,
            is_closed=row >= policy.familiar_in_a_row,
        )
    return Charge(changed(book, lane, paid, second), second, left - 1)


def settle(book: Book, lane: int, at: int, sent_at: datetime | None) -> Book:
    """Give a right answer's charge back and clear its row and pauses, never the others (spec C6).

    Its message leaves the flood's count too: who answered it right had asked for it.
    """
    mine = book.lane(lane)
    in_long = at in mine.long
    right = msgspec.structs.replace(
        mine,
        step=0,
        short=mine.short if in_long else without(mine.short, at),
        long=without(mine.long, at) if in_long else mine.long,
        unproved=without(mine.unproved, second_of(sent_at)) if sent_at else mine.unproved,
        in_a_row=0,
        is_closed=False,
    )
    return msgspec.structs.replace(book, lanes={**book.lanes, lane: right})


def block(book: Book, lane: int, now: datetime) -> Book | None:
    """Return the book that remembers a notice about blocked tries; None when one went out today."""
    second, mine = second_of(now), book.lane(lane)
    if mine.told and second - mine.told < DAY:
        return None
    told = msgspec.structs.replace(mine, told=second)
    return msgspec.structs.replace(book, lanes={**book.lanes, lane: told})


def reopen(book: Book, lanes: Collection[int]) -> Book:
    """Open lanes again, for the operator: charges, pauses and closings are forgotten."""
    others = {lane: one for lane, one in book.lanes.items() if lane not in lanes}
    return msgspec.structs.replace(book, lanes=others)


def opened(book: Book, lane: int, succeeded_at: datetime | None) -> Book:
    """Return the book with a closed lane open, if its browser succeeded since its last try (C6)."""
    mine = book.lane(lane)
    closed_at = mine.short[-1] if mine.short else 0
    if not mine.is_closed or succeeded_at is None or second_of(succeeded_at) <= closed_at:
        return book
    again = msgspec.structs.replace(mine, in_a_row=0, is_closed=False)
    return msgspec.structs.replace(book, lanes={**book.lanes, lane: again})


def _familiar_sends(book: Book, policy: Policy, second: int) -> Refused | None:
    sent = sorted(at for lane, one in book.lanes.items() if lane != STRANGER for at in one.sent)
    free_at = second
    for window, most in ((TEN_MINUTES, policy.ten_minutes), (DAY, policy.day)):
        recent = [at for at in sent if at > second - window]
        if len(recent) >= most:
            free_at = max(free_at, recent[len(recent) - most] + window)
    if free_at == second:
        return None
    return Refused(Reason.TOO_MANY_REQUESTS, retry_at=instant_of(free_at))


def _flood(mine: Lane, policy: Policy, second: int) -> Sending:
    """Say what strangers' requests still send (spec F3)."""
    unproved = within(mine.unproved, second, DAY)
    if len(unproved) >= policy.flood_day:
        return Sending.NOTHING if second - mine.digest < DAY else Sending.DIGEST
    if len(within(mine.sent, second, DAY)) >= policy.day:
        return Sending.NOTHING
    if not unproved:
        return Sending.CODE
    is_first_hour = second - unproved[0] < HOUR
    if is_first_hour:
        return Sending.CODE if len(unproved) < policy.flood_first_hour else Sending.NOTHING
    return Sending.CODE if second - unproved[-1] >= HOUR else Sending.NOTHING


def _budget(
    mine: Lane, lane: int, policy: Policy, second: int, *, is_long: bool
) -> tuple[int, int]:
    """Return how many tries are left, and the second at which there is one again."""
    if is_long:
        windows: tuple[tuple[int, int], ...] = ((DAY, policy.stranger_long_day),)
        entries = mine.long
    elif lane == STRANGER:
        windows = (
            (HOUR, policy.stranger_hour),
            (DAY, policy.stranger_day),
            (QUARTER, policy.stranger_90_days),
        )
        entries = mine.short
    else:
        if mine.is_closed:
            return 0, second  # no hour opens it
        windows = ((HOUR, policy.familiar_hour), (DAY, policy.familiar_day))
        entries = mine.short
    left, free_at = 1 << 30, second
    for window, most in windows:
        recent = within(entries, second, window)
        left = min(left, most - len(recent))
        if len(recent) >= most:
            free_at = max(free_at, recent[len(recent) - most] + window)
    return left, free_at


def _short_left(mine: Lane, policy: Policy, second: int) -> int:
    return _budget(mine, STRANGER, policy, second, is_long=False)[0]
