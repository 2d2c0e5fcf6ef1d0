"""What every kind of authenticator is made of (spec M11), and how an answer is judged."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from sekisho.ground.keys import Keys


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


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its name at the edge, its assurance, and its pure comparison.

    `assurance` is the NIST SP 800-63B-4 level that it reaches alone, 0 for none (§3.1.3.1: e-mail).
    """

    name: str
    assurance: int
    is_phishing_resistant: bool
    is_out_of_band: bool
    is_restricted: bool
    verify: Callable[[Keys, Material, str], Verdict]
