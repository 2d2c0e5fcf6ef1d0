"""What every kind of authenticator is made of (spec M11)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from sekisho.authenticators.rules import Material, Means, Verdict
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys
from sekisho.ground.refusal import Refused
from sekisho.ground.showing import shown
from sekisho.records.flows import Flow


class Trial(msgspec.Struct, frozen=True):
    """What comparing needs beside what was loaded: nothing of it needs the store.

    `salt` is for a hash that may have to be made anew; `origin` is where the asker reached us.
    """

    keys: Keys
    means: Means
    flow: Flow
    origin: str
    now: datetime
    salt: bytes

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "keys", "salt")


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing found; `kept` is for using it up.

    `proves` is what a right answer counts as, where that is not the kind's own name; `is_half`
    says that it does not stand alone, even where one proof is enough.
    """

    verdict: Verdict
    kept: object = field(default=None, repr=False)
    proves: str = ""
    is_half: bool = False


@dataclass(frozen=True, slots=True)
class Hand:
    """How a registered kind is proved: loaded, compared with nothing open, used up once.

    `load` takes the account and the method; what it returns is `held`, None where there is nothing
    to compare with. `compare` takes None too, and works as long (attack 088). `use_up` reads before
    it writes.
    """

    load: Callable[[Work, int, int], object]
    compare: Callable[[Trial, object, str], Compared]
    use_up: Callable[[Work, object, Compared], Refused | None]
    field: str = "code"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its name at the edge, its assurance, and its pure comparison.

    `assurance` is the NIST SP 800-63B-4 level that it reaches alone, 0 for none (§3.1.3.1: e-mail).
    `hand` is None for codes that are sent (proving.py).
    """

    name: str
    assurance: int
    is_phishing_resistant: bool
    is_out_of_band: bool
    is_restricted: bool
    verify: Callable[[Keys, Material, str], Verdict]
    hand: Hand | None = None
