"""The kind `totp` and its comparison."""

from sekisho.authenticators.kind import Compared, Hand, Kind, Trial
from sekisho.authenticators.reading import read_code
from sekisho.authenticators.rules import Material, Verdict
from sekisho.authenticators.totp import actions, rules
from sekisho.authenticators.totp.rules import Enrolled, Right
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys
from sekisho.ground.refusal import Reason, Refused

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


def compare(trial: Trial, held: object, answer: str) -> Compared:
    """Compare what was typed, and keep which step it would use up."""
    digits = held.marks.digits if isinstance(held, Enrolled) else _USUAL_DIGITS
    typed = read_code(answer, digits)
    if typed is None:
        return Compared(Verdict.UNREADABLE)
    if not isinstance(held, Enrolled):
        return Compared(Verdict.WRONG)
    judged = rules.verify(held, typed, trial.now, TOLERANCE)
    return Compared(Verdict.RIGHT, judged) if isinstance(judged, Right) else Compared(judged)


def use_up(work: Work, held: object, compared: Compared) -> Refused | None:
    """Use up the step of a right answer (attack 029)."""
    if not isinstance(held, Enrolled) or not isinstance(compared.kept, Right):
        return Refused(Reason.CODE_WRONG)
    used = actions.conclude(work, held, compared.kept)
    return used if isinstance(used, Refused) else None


TOTP = Kind(
    name="totp",
    assurance=1,
    is_phishing_resistant=False,
    is_out_of_band=False,
    is_restricted=False,
    verify=verify,
    hand=Hand(actions.load, compare, use_up),
)
