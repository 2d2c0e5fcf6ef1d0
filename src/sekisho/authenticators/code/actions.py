"""Drawing a code for a flow's new challenge."""

from dataclasses import dataclass, field

from sekisho.authenticators.code import binding
from sekisho.authenticators.rules import Material
from sekisho.ground import chance
from sekisho.ground.db import Work


@dataclass(frozen=True, slots=True)
class Drawn:
    """A code on its way into a message, and the MAC that stays."""

    code: str = field(repr=False)
    mac: bytes = field(repr=False)


def draw(work: Work, bound: Material) -> Drawn:
    """Draw a code, uniformly, leading zeros kept (spec C1)."""
    code = chance.digits(work.chance, bound.digits)
    return Drawn(code, binding.mac(work.keys, bound, bound.challenge, code))
