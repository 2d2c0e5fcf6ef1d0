"""How an answer is judged, whatever its kind."""

from enum import Enum, auto

import msgspec

from sekisho.ground.showing import shown


class Verdict(Enum):
    """What comparing an answer found."""

    RIGHT = auto()
    EARLIER = auto()
    WRONG = auto()
    UNREADABLE = auto()


class Material(msgspec.Struct, frozen=True):
    """What an answer is compared with: read with the charge, compared with nothing open.

    `expected` is the newest challenge's MAC, `earlier` those of the flow's voided ones by number.
    """

    purpose: int
    subject: int
    flow: int
    challenge: int
    digits: int
    expected: bytes
    earlier: tuple[tuple[int, bytes], ...]

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "expected", "earlier")
