"""What the pool computes for a sign-in and for a change: pure, with nothing open.

Both take and give what `hashing.pack` seals: the method's hashes, the present one first.
"""

from dataclasses import dataclass, field

from sekisho.authenticators.kind import Compared, Hand, Kind, Trial
from sekisho.authenticators.password import actions, hashing, rules
from sekisho.authenticators.password.pool import Desk
from sekisho.authenticators.password.rules import Fault, Policy, Unfit
from sekisho.authenticators.rules import Material, Means, Verdict
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys
from sekisho.ground.refusal import Reason, Refused


@dataclass(frozen=True, slots=True)
class Checked:
    """What comparing found; a `history` is to be sealed instead of what is kept."""

    verdict: Verdict
    history: tuple[str, ...] | None = field(default=None, repr=False)


def verify(
    keys: Keys, answer: str, history: tuple[str, ...], policy: Policy, salt: bytes
) -> Checked:
    """Compare an answer with the present password; an empty history is nobody's, in equal time.

    A right one whose hash is outdated is hashed anew under `salt`.
    """
    password = rules.read(answer)
    if isinstance(password, Fault):
        return Checked(Verdict.UNREADABLE)
    kept = history[0] if history else None
    if not hashing.is_right(keys, password, kept, policy.cost) or kept is None:
        return Checked(Verdict.WRONG)
    if not hashing.is_outdated(kept, policy.cost):
        return Checked(Verdict.RIGHT)
    renewed = hashing.make(keys, password, policy.cost, salt)
    return Checked(Verdict.RIGHT, (renewed, *history[1:]))


def change(
    keys: Keys, password: str, history: tuple[str, ...], policy: Policy, salt: bytes
) -> tuple[str, ...] | Unfit:
    """Return the history with a password that `rules.judge` took, unless it is one of the last."""
    if hashing.was_used(keys, password, history):
        return Unfit(Fault.USED_BEFORE, policy.shortest, policy.longest)
    return (hashing.make(keys, password, policy.cost, salt), *history)[: rules.LAST]


def compare(keys: Keys, material: Material, answer: str) -> Verdict:
    """Compare an answer with the history that was loaded; costs a hash, so call it in the pool."""
    history = material.held if isinstance(material.held, tuple) else ()
    password = rules.read(answer)
    if isinstance(password, Fault):
        return Verdict.UNREADABLE
    kept = history[0] if history else None
    is_right = hashing.is_right(keys, password, kept, Policy().cost) and kept is not None
    return Verdict.RIGHT if is_right else Verdict.WRONG


def desk_of(means: Means) -> Desk:
    """Return where passwords are hashed and judged.

    Raises TypeError where the house was put together without it.
    """
    own = means.own.get(actions.KIND)
    if not isinstance(own, Desk):
        raise TypeError(actions.KIND)
    return own


def try_one(trial: Trial, held: object, answer: str) -> Compared:
    """Compare an answer; call it in the pool. What is kept is a hash that was made anew."""
    history = held.history if isinstance(held, actions.Held) else ()
    checked = verify(trial.keys, answer, history, desk_of(trial.means).policy, trial.salt)
    is_half = isinstance(held, actions.Held) and not held.stands_alone
    return Compared(checked.verdict, checked.history, is_half=is_half)


def use_up(work: Work, held: object, compared: Compared) -> Refused | None:
    """Keep that the password was used, under a new hash where the old one was outdated."""
    if not isinstance(held, actions.Held):
        return Refused(Reason.CODE_WRONG)
    renewed = compared.kept if isinstance(compared.kept, tuple) else None
    return actions.use_up(work, held, renewed)


PASSWORD = Kind(
    name="password",
    assurance=1,
    is_phishing_resistant=False,
    is_out_of_band=False,
    is_restricted=False,
    verify=compare,
    hand=Hand(actions.hold, try_one, use_up, field="password"),
)
