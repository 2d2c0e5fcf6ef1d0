"""When phones are not asked: one ask at a time, a few without success, then they rest (spec M4).

What this is against is bombing: whoever has a password asks and asks until somebody says yes by
mistake (attack 046). Knows no store.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from sekisho.authenticators.push.rules import Policy, State

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Before(msgspec.Struct, frozen=True):
    """An earlier ask of the same account, as far as limits look at it.

    Of those that a limit held there is the one alone of which the owner was told.
    """

    id: int
    flow: int
    is_strangers: bool
    is_held: bool
    state: State
    is_live: bool
    is_reported: bool
    asked_at: datetime
    ends_at: datetime
    message: int

    @property
    def is_waiting(self) -> bool:
        """Say whether it has its account's one place for an ask that waits."""
        return self.state is State.WAITING and not self.is_held


class Granted(msgspec.Struct, frozen=True):
    """The phones may be asked, once these asks were closed."""

    closes: tuple[Before, ...]


class Held(msgspec.Struct, frozen=True):
    """The phones are not asked before `until`; `is_told`: the owner hears of the limit now."""

    until: datetime
    is_told: bool


def judge(
    earlier: Sequence[Before], flow: int, policy: Policy, now: datetime, *, is_stranger: bool
) -> Granted | Held:
    """Say whether the phones may be asked once more (attack 046); `earlier` is the last day's.

    What strangers do stops no familiar browser (spec F2): its own asks alone count for it, and it
    takes the place of theirs. Strangers wait for everybody's; who reported one has a day's peace.
    """
    mine = [one for one in earlier if is_stranger or not one.is_strangers]
    until = _spent([one for one in mine if not one.is_held], policy, now)
    if is_stranger:
        days = (one.asked_at + DAY for one in earlier if one.is_reported)
        reported = (day for day in days if day > now)
        until = max((*reported, *([until] if until else ())), default=None)
    if until is not None:
        return Held(until, is_told=not any(one.is_held for one in mine))
    others = [one for one in earlier if is_open(one, now) and one.flow != flow]
    if is_stranger and others:
        return Held(max(one.ends_at for one in others), is_told=False)
    return Granted(tuple(one for one in earlier if one.is_waiting))


def is_open(one: Before, now: datetime) -> bool:
    """Say whether an ask still stands on a phone."""
    return one.is_waiting and one.is_live and now < one.ends_at


def _spent(counted: Sequence[Before], policy: Policy, now: datetime) -> datetime | None:
    """Return until when a budget of asks without success is spent, else None."""
    failed = sorted(one.asked_at for one in counted if one.state is not State.USED)
    won = max((one.asked_at for one in counted if one.state is State.USED), default=None)
    day = [at for at in failed if at > now - DAY]
    hour = [at for at in day if at > now - HOUR and (won is None or at > won)]
    ends = []
    if len(hour) >= policy.hour:
        ends.append(hour[-policy.hour] + HOUR)
    if len(day) >= policy.day:
        ends.append(day[-policy.day] + DAY)
    return max(ends, default=None)
