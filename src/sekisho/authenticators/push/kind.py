"""The kind `push`, as who waits for an approval sees it.

Nothing is typed where one signs in: what is compared is the ask that stands behind the challenge.
The number is typed on the phone, and judged in `deciding.py`.
"""

from sekisho.authenticators.kind import Compared, Hand, Kind, Trial
from sekisho.authenticators.push import actions
from sekisho.authenticators.push.rules import KIND, Ask, State, proved_as
from sekisho.authenticators.rules import Material, Verdict
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys
from sekisho.ground.refusal import Reason, Refused


def verify(keys: Keys, material: Material, answer: str) -> Verdict:
    """Say whether the flow's newest ask was approved; whatever came with the question is nothing.

    # Threat: 049, an approval for another flow or an earlier ask (test_an_approval_is_bound…).
    """
    del keys, answer
    return _verdict(material.held, material.flow, material.challenge)


def compare(trial: Trial, held: object, answer: str) -> Compared:
    """Say whether the flow's newest ask was approved; the answer itself says nothing."""
    del answer
    verdict = _verdict(held, trial.flow.id, trial.flow.challenge.id)
    proves = proved_as(held.digits) if isinstance(held, Ask) else ""
    return Compared(verdict, proves=proves)


def use_up(work: Work, held: object, compared: Compared) -> Refused | None:
    """Use the approval up: once."""
    del compared
    if not isinstance(held, Ask):
        return Refused(Reason.CODE_WRONG)
    used = actions.conclude(work, held.flow, held.id)
    return used if isinstance(used, Refused) else None


def nothing(work: Work, account: int, method: int) -> None:
    """Load nothing: what is compared is found by the challenge (`approving.charge`)."""
    del work, account, method


def _verdict(ask: object, flow: int, challenge: int) -> Verdict:
    if not isinstance(ask, Ask) or ask.is_held:
        return Verdict.WRONG
    is_this = (ask.id, ask.flow) == (challenge, flow)
    return Verdict.RIGHT if is_this and ask.state is State.APPROVED else Verdict.WRONG


PUSH = Kind(
    name=KIND,
    assurance=1,
    is_phishing_resistant=False,
    is_out_of_band=True,
    is_restricted=False,
    verify=verify,
    hand=Hand(nothing, compare, use_up, field=KIND),
)
