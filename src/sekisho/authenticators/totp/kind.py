"""The kind `totp` and its comparison."""

from sekisho.authenticators.kind import Kind
from sekisho.authenticators.reading import read_code
from sekisho.authenticators.rules import Material, Verdict
from sekisho.authenticators.totp import rules
from sekisho.authenticators.totp.rules import Enrolled, Right
from sekisho.ground.keys import Keys

TOLERANCE = 1  # steps to each side, attack 031
_USUAL_DIGITS = 6


def verify(keys: Keys, material: Material, answer: str) -> Verdict:
    """Compare what was typed with the app's codes of this moment."""
    del keys  # the seed was opened when it was loaded
    held = material.held
    digits = held.marks.digits if isinstance(held, Enrolled) else _USUAL_DIGITS
    typed = read_code(answer, digits)
    if typed is None:
        return Verdict.UNREADABLE
    if not isinstance(held, Enrolled) or material.now is None:
        return Verdict.WRONG
    judged = rules.verify(held, typed, material.now, TOLERANCE)
    return Verdict.RIGHT if isinstance(judged, Right) else judged


TOTP = Kind(
    name="totp",
    assurance=1,
    is_phishing_resistant=False,
    is_out_of_band=False,
    is_restricted=False,
    verify=verify,
)
