"""The kind `push`, as who waits for an approval sees it.

Nothing is typed where one signs in: what is compared is the ask that stands behind the challenge.
The number is typed on the phone, and judged in `deciding.py`.
"""

from sekisho.authenticators.kind import Kind
from sekisho.authenticators.push.rules import KIND, Ask, State
from sekisho.authenticators.rules import Material, Verdict
from sekisho.ground.keys import Keys


def verify(keys: Keys, material: Material, answer: str) -> Verdict:
    """Say whether the flow's newest ask was approved; whatever came with the question is nothing.

    # Threat: 049, an approval for another flow or an earlier ask (test_an_approval_is_bound…).
    """
    del keys, answer
    ask = material.held
    if not isinstance(ask, Ask) or ask.is_held:
        return Verdict.WRONG
    is_this = (ask.id, ask.flow) == (material.challenge, material.flow)
    return Verdict.RIGHT if is_this and ask.state is State.APPROVED else Verdict.WRONG


PUSH = Kind(
    name=KIND,
    assurance=1,
    is_phishing_resistant=False,
    is_out_of_band=True,
    is_restricted=False,
    verify=verify,
)
