"""How an answer is judged, whatever its kind."""

from dataclasses import dataclass, field
from enum import Enum, auto


class Verdict(Enum):
    """What comparing an answer found."""

    RIGHT = auto()
    EARLIER = auto()
    WRONG = auto()
    UNREADABLE = auto()


@dataclass(frozen=True, slots=True)
class Material:
    """What an answer is compared with: read with the charge, compared with nothing open.

    `expected` is the newest challenge's MAC, `earlier` those of the flow's voided ones by number.
    """

    purpose: int
    subject: int
    flow: int
    challenge: int
    digits: int
    expected: bytes = field(repr=False)
    earlier: tuple[tuple[int, bytes], ...] = field(repr=False)
