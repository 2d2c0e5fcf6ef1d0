"""The kind `recovery_code` and its comparison."""

from sekisho.authenticators.kind import Compared, Hand, Kind, Trial
from sekisho.authenticators.recovery_code import actions, binding
from sekisho.authenticators.recovery_code.binding import Kept
from sekisho.authenticators.recovery_code.rules import Misread, read_code
from sekisho.authenticators.rules import Material, Verdict
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys
from sekisho.ground.refusal import Reason, Refused


def verify(keys: Keys, material: Material, answer: str) -> Verdict:
    """Compare what was typed with the account's recovery code."""
    if isinstance(material.held, Kept):
        return binding.verify(keys, material.held, answer)
    return Verdict.UNREADABLE if isinstance(read_code(answer), Misread) else Verdict.WRONG


def compare(trial: Trial, held: object, answer: str) -> Compared:
    """Compare what was typed."""
    if isinstance(held, Kept):
        return Compared(binding.verify(trial.keys, held, answer))
    is_none = isinstance(read_code(answer), Misread)
    return Compared(Verdict.UNREADABLE if is_none else Verdict.WRONG)


def use_up(work: Work, held: object, compared: Compared) -> Refused | None:
    """Keep nothing: a code is used up when its flow is passed (spec M7, `comparing.pass_by`)."""
    if not isinstance(held, Kept):
        return Refused(Reason.CODE_WRONG)
    found = actions.right(work, held, compared.verdict)
    return found if isinstance(found, Refused) else None


RECOVERY_CODE = Kind(
    name="recovery_code",
    assurance=0,
    is_phishing_resistant=False,
    is_out_of_band=False,
    is_restricted=False,
    verify=verify,
    hand=Hand(actions.load, compare, use_up),
)
