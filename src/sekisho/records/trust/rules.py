"""Trust as values: whose token it is, where it counts, and what an old one that comes back means.

given at a second step -> current -> used: a new one takes its place -> ... -> over after 30 days
                                  -> an old one comes back: somebody has a copy, the trust ends
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

import msgspec

from sekisho.ground.showing import shown
from sekisho.records.sessions import rules as tokens
from sekisho.records.sessions.rules import Held

PREFIX = "trd"
SECRET_BYTES = tokens.SECRET_BYTES
MOST_PRESENTED = 5  # accounts whose trust one browser holds at once
_LONGEST = 500  # signs of a header or cookie that are read: five tokens, and no more work than that


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a browser is trusted after a second step there; the settings `trust`."""

    length: timedelta = timedelta(days=30)
    unused: timedelta = timedelta(days=60)  # then it leaves the list

    @property
    def is_offered(self) -> bool:
        """Say whether a browser can be trusted at all."""
        return self.length > timedelta(0)


class Kept(msgspec.Struct, frozen=True):
    """A trust as the store has it; `mac` is of its newest secret, `mark` the browser's."""

    id: int
    account: int
    device: int
    mac: bytes
    mark: str
    trusted_at: datetime
    last_used_at: datetime
    ends_at: datetime

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "mac")


class Standing(Enum):
    """What a presented token is worth."""

    TRUSTED = auto()
    REPLAYED = auto()
    NOTHING = auto()


def token(number: int, secret: bytes) -> str:
    """Return the text of a token."""
    return tokens.write(PREFIX, number, secret)


def secret_of(text: str) -> str:
    """Return the part of a token that is chance."""
    return text[-tokens.SECRET_SIGNS :]


def presented(text: str) -> tuple[Held, ...]:
    """Return what the tokens of a cookie or header say; of a doubled id the first counts."""
    found: dict[int, Held] = {}
    for one in text[:_LONGEST].split(".") if text else ():
        held = tokens.read(PREFIX, one)
        if held is not None and len(found) < MOST_PRESENTED:
            found.setdefault(held.id, held)
    return tuple(found.values())


def joined(text: str, newest: str, living: Collection[int]) -> str:
    """Return the cookie's tokens, those that live, with this one first in the place of its own."""
    new, found = tokens.read(PREFIX, newest), [newest]
    for one in text[:_LONGEST].split("."):
        held = tokens.read(PREFIX, one)
        if held is not None and held.id in living and held.id != (new.id if new else 0):
            found.append(one)
    return ".".join(dict.fromkeys(found[:MOST_PRESENTED]))


def judge(kept: Kept, now: datetime, *, is_newest: bool, device: int | None, mark: str) -> Standing:
    """Judge a token by the row of its id; `device` is the familiar browser that presents it.

    # Threat: 108, a stolen cookie: alone it opens nothing, and whoever comes second with a copy
    # ends the trust (test_an_old_value_that_comes_back_ends_the_trust_and_is_told).
    """
    if now >= kept.ends_at:
        return Standing.NOTHING
    if not is_newest:
        return Standing.REPLAYED
    return Standing.TRUSTED if device == kept.device and mark == kept.mark else Standing.NOTHING
