"""Drawing a code for a flow's new challenge."""

import msgspec

from sekisho.authenticators.code import binding
from sekisho.authenticators.rules import Material
from sekisho.ground import chance
from sekisho.ground.db import Work
from sekisho.ground.showing import shown


class Drawn(msgspec.Struct, frozen=True):
    """A code on its way into a message, and the MAC that stays."""

    code: str
    mac: bytes

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "code", "mac")


def draw(work: Work, bound: Material) -> Drawn:
    """Draw a code, uniformly, leading zeros kept (spec C1)."""
    code = chance.digits(work.chance, bound.digits)
    return Drawn(code, binding.mac(work.keys, bound, bound.challenge, code))
