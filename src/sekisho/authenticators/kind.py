"""What every kind of authenticator is made of (spec M11)."""

from collections.abc import Callable
from dataclasses import dataclass

from sekisho.authenticators.rules import Material, Verdict
from sekisho.ground.keys import Keys


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
