"""What "sign out everywhere" ends beside the sessions: one table, one line each (spec S1, 107)."""

from collections.abc import Callable
from dataclasses import dataclass

from sekisho.authenticators import push
from sekisho.ground.db import Work
from sekisho.records import trust


@dataclass(frozen=True, slots=True)
class Ender:
    """One thing that lets somebody in, or in more easily; `end_all` says how many it ended."""

    word: str  # of the receipt: `also.<word>` of the API, `ended_all.<word>` of the page
    end_all: Callable[[Work, int], int]


PHONES = "push_devices"
ENDERS = (Ender("trusted_devices", trust.end_all), Ender(PHONES, push.end_all))


def end_all(work: Work, account: int) -> dict[str, int]:
    """End all of it, and return the receipt."""
    return {ender.word: ender.end_all(work, account) for ender in ENDERS}
