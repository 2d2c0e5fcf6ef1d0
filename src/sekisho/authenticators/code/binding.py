"""What is kept of a code: a MAC that binds it to all that it may open (spec C5, C9)."""

from sekisho.authenticators.rules import Material
from sekisho.ground.keys import Keys


def mac(keys: Keys, bound: Material, challenge: int, code: str) -> bytes:
    """Return what is kept of a code, bound to purpose, subject, flow and challenge."""
    return keys.epoch_mac(
        "code/v1",
        bound.purpose.to_bytes(2, "big"),
        bound.subject.to_bytes(8, "big"),
        bound.flow.to_bytes(8, "big"),
        challenge.to_bytes(8, "big"),
        code.encode(),
    )
