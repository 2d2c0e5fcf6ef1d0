"""The kind `recovery_code` and its comparison."""

from sekisho.authenticators.kind import Kind
from sekisho.authenticators.recovery_code import binding
from sekisho.authenticators.recovery_code.binding import Kept
from sekisho.authenticators.recovery_code.rules import Misread, read_code
from sekisho.authenticators.rules import Material, Verdict
from sekisho.ground.keys import Keys


def verify(keys: Keys, material: Material, answer: str) -> Verdict:
    """Compare what was typed with the account's recovery code."""
    if isinstance(material.held, Kept):
        return binding.verify(keys, material.held, answer)
    return Verdict.UNREADABLE if isinstance(read_code(answer), Misread) else Verdict.WRONG


RECOVERY_CODE = Kind(
    name="recovery_code",
    assurance=0,
    is_phishing_resistant=False,
    is_out_of_band=False,
    is_restricted=False,
    verify=verify,
)
